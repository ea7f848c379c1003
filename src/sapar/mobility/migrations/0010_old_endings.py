"""Stays cancelled before have words and no code."""

from django.db import migrations


def say_other(apps, schema_editor):
    apps.get_model("mobility", "Exchange").objects.filter(state="cancelled", end_reason="").update(end_reason="other")


class Migration(migrations.Migration):

    dependencies = [("mobility", "0009_endings")]

    operations = [migrations.RunPython(say_other, migrations.RunPython.noop)]
