"""Add indexes for the facets, so that rare values are found quickly among a million works."""

from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("collection", "0016_version_of_works")]
    operations = [
        migrations.AddIndex("artwork", models.Index(fields=["department"], name="artwork_department")),
        migrations.AddIndex("artwork", models.Index(fields=["culture"], name="artwork_culture")),
        migrations.AddIndex("artwork", models.Index(fields=["medium"], name="artwork_medium")),
        migrations.AddIndex(
            "artwork",
            models.Index(Coalesce("year_start", "year_end"), Coalesce("year_end", "year_start"), name="artwork_years"),
        ),
    ]
