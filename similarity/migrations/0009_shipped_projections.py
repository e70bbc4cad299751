from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Concat


PROBLEM = "It was made by an earlier release of Kindred and takes no new pictures; another space will take its place."


def tell_input_apart(apps, schema_editor):
    """Spaces made so far saw pictures squashed to a square, borders and all; vectors of today can't be compared with
    theirs. Another name of their pooling keeps them apart: they answer until another space takes their place. With a
    problem noted, the next space of their lens takes it without a person, although they are trained."""
    space = apps.get_model("similarity", "Space")
    space.objects.filter(state="live").update(problem=PROBLEM)
    space.objects.exclude(state="retired").exclude(pooling__endswith="-squashed").update(
        pooling=Concat("pooling", Value("-squashed"))
    )


def forget_input(apps, schema_editor):
    space = apps.get_model("similarity", "Space")
    for one in space.objects.filter(pooling__endswith="-squashed"):
        one.pooling = one.pooling.removesuffix("-squashed")
        one.problem = "" if one.problem == PROBLEM else one.problem
        one.save(update_fields=["pooling", "problem"])


class Migration(migrations.Migration):
    dependencies = [("similarity", "0008_newcomer_quantiles")]

    operations = [
        migrations.AddField(
            model_name="space",
            name="is_shipped",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="fitted on other pictures than the collection's, and the same on every site",
                verbose_name="shipped projection",
            ),
        ),
        # The columns stay for now, with a default: processes of the release before still read them during an upgrade.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE similarity_space ALTER COLUMN {name} SET DEFAULT '{{}}'",
                    f"ALTER TABLE similarity_space ALTER COLUMN {name} DROP DEFAULT",
                )
                for name in ("strange_quantiles", "newcomer_quantiles")
            ],
            state_operations=[
                migrations.RemoveField(model_name="space", name=name)
                for name in ("strange_quantiles", "newcomer_quantiles")
            ],
        ),
        migrations.RunPython(tell_input_apart, forget_input),
    ]
