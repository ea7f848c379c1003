from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sendings")]
    operations = [
        migrations.AddField(
            model_name="office",
            name="keep_years",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="time of keeping: years after the last thing about a person ended",
                null=True,
            ),
        ),
    ]
