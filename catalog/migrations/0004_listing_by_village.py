from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0003_sheet_price_reason"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("status", "on_sale")),
                fields=["village", "sell_by", "id"],
                name="listing_by_village",
            ),
        ),
    ]
