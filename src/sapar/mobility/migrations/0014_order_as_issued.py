from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mobility', '0013_ineligible'),
    ]

    operations = [
        migrations.AddField(
            model_name='recognitioncase',
            name='order_signer',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='recognitioncase',
            name='ordered_on',
            field=models.DateField(help_text='the day that the order bears', null=True),
        ),
    ]
