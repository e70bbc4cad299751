"""End what the release before had begun and no worker can finish: its unfinished spaces, and steps of its live ones."""

from django.db import migrations, models


def end(apps, schema_editor):
    outdated = apps.get_model("similarity", "Space").objects.filter(pooling__endswith="-squashed")
    keys = [f"{kind}:{pk}" for pk in outdated.values_list("pk", flat=True) for kind in ("embed", "sample")]
    outdated.filter(state__in=["fitting", "building"]).update(state="retired")
    apps.get_model("collection", "Step").objects.filter(key__in=keys).exclude(state="done").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0002_search_trigger"),
        ("similarity", "0014_evaluation_jobs"),
    ]
    operations = [
        migrations.AlterField(
            model_name="spacerequest",
            name="weights_file",
            field=models.CharField(
                blank=True,
                help_text="in the folder of weights; without one: those that ship or were fetched, else a fixed seed",
                max_length=255,
            ),
        ),
        migrations.RunPython(end, migrations.RunPython.noop),
    ]
