"""Index the existing works for the tolerant text search, a few thousand at a time, so that no work is locked for long."""

from django.conf import settings
from django.db import migrations

BATCH = 2_000


def index_again(apps, schema_editor):
    apps.get_model("collection", "SearchIndex").objects.update_or_create(
        pk=1, defaults={"languages": list(settings.KINDRED_SEARCH_LANGUAGES)}
    )
    works = apps.get_model("collection", "Artwork").objects.order_by("pk")
    last = 0
    while batch := list(works.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("UPDATE collection_artwork SET title = title WHERE id BETWEEN %s AND %s", [batch[0], batch[-1]])
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("collection", "0014_tolerant_search")]
    operations = [migrations.RunPython(index_again, migrations.RunPython.noop, elidable=True)]
