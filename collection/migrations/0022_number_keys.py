"""Store the accession numbers as they are searched for, instead of computing them for each work that is found."""

from django.db import migrations, models
from django.db.models import F, Func


class Migration(migrations.Migration):
    dependencies = [("collection", "0021_public_size_changes")]
    operations = [
        migrations.AddField(
            "artwork",
            "number_key",
            models.GeneratedField(
                expression=Func(F("accession_number"), function="kindred_number"),
                output_field=models.TextField(db_collation="C"),
                db_persist=True,
            ),
        ),
        migrations.RemoveIndex("artwork", "artwork_number_key"),
        migrations.AddIndex("artwork", models.Index(fields=["number_key"], name="artwork_number")),
    ]
