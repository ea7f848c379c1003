"""Who meets the conditions of none of their wishes stood on the reserve list."""

from django.db import migrations, models

STATES = [
    ("draft", "being written"),
    ("submitted", "submitted"),
    ("complete", "checked and complete"),
    ("rejected", "not admitted"),
    ("placed", "place offered"),
    ("reserve", "on the reserve list"),
    ("ineligible", "not eligible"),
    ("confirmed", "place confirmed"),
    ("declined", "place declined"),
    ("withdrawn", "withdrawn"),
]


def take_off_the_reserve_list(apps, schema_editor):
    awards = apps.get_model("mobility", "Award").objects.filter(
        run__state="adopted", place__isnull=True, application__state="reserve"
    )
    outside = [
        pk
        for pk, reasons in awards.values_list("application_id", "reasons").iterator(2000)
        if reasons and all(one["code"] == "not_eligible" for one in reasons)
    ]
    applications = apps.get_model("mobility", "Application").objects
    for start in range(0, len(outside), 500):
        applications.filter(pk__in=outside[start : start + 500]).update(state="ineligible")


def put_back(apps, schema_editor):
    apps.get_model("mobility", "Application").objects.filter(state="ineligible").update(state="reserve")


class Migration(migrations.Migration):

    dependencies = [("mobility", "0012_link_asked_at")]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=10),
        ),
        migrations.RunPython(take_off_the_reserve_list, put_back),
    ]
