"""Add the largest side at which everybody may see the pictures of a collection.

An upgrade shows no more than before. Existing collections whose originals are closed keep the 1,200 px of their
derivatives until an administrator raises the limit.
"""

import django.core.validators
from django.db import migrations, models

KEEP_CLOSED = "UPDATE collection_collection SET public_side_px = 1200 WHERE NOT originals_public"


class Migration(migrations.Migration):
    dependencies = [("collection", "0012_keep_merges_from_truncate")]
    operations = [
        migrations.AddField(
            "collection",
            "public_side_px",
            models.PositiveIntegerField(
                "largest side shown (px)",
                default=4096,
                db_default=4096,
                validators=[
                    django.core.validators.MinValueValidator(1200),
                    django.core.validators.MaxValueValidator(16000),
                ],
                help_text="how far everybody may enlarge a picture: the most pixels of its longer side, from 1,200 to 16,000. Originals are downloaded only if they are public.",
            ),
        ),
        migrations.RunSQL(KEEP_CLOSED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "collection",
            models.CheckConstraint(
                condition=models.Q(public_side_px__gte=1200, public_side_px__lte=16000), name="public_side_is_in_range"
            ),
        ),
    ]
