"""Locks of merges and undos. They end with the transaction."""

from collections.abc import Iterable

from django.db import connection

from collection import ingest
from collection.models import Artwork, ArtworkImage

TURN = 340_009  # the key of the advisory lock


def take_turns() -> None:
    """Wait until no other merge or undo is under way.

    People merge a few records a minute at most. One lock for all of them excludes cycles over any number of records:
    locks on the rows of a chain would have to be taken in an order that is known only once the chain has been read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def keep_out() -> None:
    """Wait until no merge is under way, and keep merges out until the transaction ends. Several sessions can do so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [TURN])


def hold(works: Iterable[Artwork]) -> dict[int, Artwork]:
    """Lock works against other writers, in the order of ingest and workers. Return them as they are now, by id.

    First their collections (uploads and imports), then their pictures, then their records.
    """
    chosen = list(works)
    pks = [work.pk for work in chosen]
    ingest.lock(work.collection for work in chosen)
    list(ArtworkImage.objects.filter(artwork__in=pks).order_by("pk").select_for_update().values_list("pk"))
    rows = Artwork.objects.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True)
    return {work.pk: work for work in rows.select_related("collection")}
