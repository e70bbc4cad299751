"""Add indexes for the facets, so that rare values are found quickly among a million works."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    atomic = False  # so that works can be written while the indexes are built
    dependencies = [("collection", "0016_version_of_works")]
    operations = [
        AddIndexConcurrently("artwork", models.Index(fields=["department"], name="artwork_department")),
        AddIndexConcurrently("artwork", models.Index(fields=["culture"], name="artwork_culture")),
        AddIndexConcurrently("artwork", models.Index(fields=["medium"], name="artwork_medium")),
        AddIndexConcurrently(
            "artwork",
            models.Index(Coalesce("year_start", "year_end"), Coalesce("year_end", "year_start"), name="artwork_years"),
        ),
    ]
