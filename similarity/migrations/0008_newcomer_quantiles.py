import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("similarity", "0007_decided_pairs")]

    operations = [
        migrations.AddField(
            model_name="space",
            name="newcomer_quantiles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(),
                blank=True,
                default=list,
                help_text="the same, of pairs of two such pictures, once there are enough of them",
                size=None,
            ),
        ),
    ]
