import datetime as dt

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="purchaseorder", name="answer_by_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="orderline", name="plan", field=models.CharField(default="chosen", max_length=12)
        ),
        migrations.AddField(
            model_name="orderline", name="seed", field=models.CharField(blank=True, max_length=40, default=""), preserve_default=False
        ),
        migrations.AddField(
            model_name="delivery",
            name="accept_by_at",
            field=models.DateTimeField(default=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
            preserve_default=False,
        ),
    ]
