"""Add the index by which pictures are found by their colours."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # so that pictures can be added while the index is built
    dependencies = [("collection", "0019_palettes")]
    operations = [AddIndexConcurrently("artworkimage", GinIndex(fields=["colour_cells"], name="picture_colours"))]
