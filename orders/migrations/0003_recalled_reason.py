from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_plans_and_deadlines")]

    operations = [
        migrations.AlterField(
            model_name="receiptline",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("rotten", "Rotten"),
                    ("short", "Short in the sack"),
                    ("moisture", "Too wet"),
                    ("grade", "Not the grade ordered"),
                    ("other", "Something else"),
                    ("recalled", "Recalled"),
                ],
                max_length=12,
            ),
        ),
    ]
