"""Index all works again after a change of the languages of text search."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection, transaction

from collection.models import Artwork, SearchIndex, SearchWord

BATCH = 2_000  # works in one transaction, so that writers wait a few seconds at most
TOUCH = "UPDATE collection_artwork SET title = title WHERE id BETWEEN %s AND %s"  # the trigger writes the index


def index_again(languages: Sequence[str]) -> Iterator[int]:
    """Store the languages and index each work by them. Yield the number of works after each batch.

    It can be stopped and started again. Words that no work has any more are deleted. Until it has finished, fewer
    typing errors are corrected.
    """
    with transaction.atomic():
        SearchIndex.objects.update_or_create(pk=1, defaults={"languages": list(languages)})
        SearchWord.objects.all().delete()
    last = 0
    while batch := list(Artwork.objects.order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with connection.cursor() as cursor:
            cursor.execute(TOUCH, [batch[0], batch[-1]])
        last = batch[-1]
        yield len(batch)


def languages_of_index() -> list[str]:
    """Return the languages that works are indexed by now."""
    stored = SearchIndex.objects.values_list("languages", flat=True).first()
    return ["english"] if stored is None else stored


def check_languages(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Return a warning if the setting has other languages than the index. Django calls this before `migrate`."""
    table = SearchIndex._meta.db_table  # noqa: SLF001 - documented by Django
    if not databases or table not in connection.introspection.table_names():
        return []
    indexed, wanted = languages_of_index(), settings.KINDRED_SEARCH_LANGUAGES
    if sorted(indexed) == sorted(wanted):
        return []
    problem = f"Works are indexed for text search by stems of {listed(indexed)}, but KINDRED_SEARCH_LANGUAGES has"
    return [checks.Warning(f"{problem} {listed(wanted)}.", hint="Run manage.py index_search.", id="collection.W001")]


def listed(languages: Sequence[str]) -> str:
    return ", ".join(languages) or "no language"
