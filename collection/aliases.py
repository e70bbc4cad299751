"""Aliases: records that were merged into another work. An alias of an alias leads to the end of the chain."""

from collections.abc import Collection as Numbers
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from collection.imaging.refusals import gettext_noop
from collection.models import Artwork, ArtworkImage, Collection, WorkMerge
from collection.permissions import User, aliases_known_to, visible

# UNION instead of UNION ALL: also a chain that bites its tail would end.
ENDS = """
WITH RECURSIVE chain (start, id, next) AS (
    SELECT id, id, merged_into_id FROM collection_artwork WHERE id = ANY(%s)
    UNION SELECT chain.start, work.id, work.merged_into_id
    FROM chain JOIN collection_artwork AS work ON work.id = chain.next
)
SELECT start, id FROM chain WHERE next IS NULL
"""
ALIASES = """
WITH RECURSIVE alias (id) AS (
    SELECT id FROM collection_artwork WHERE merged_into_id = %s
    UNION SELECT work.id FROM alias JOIN collection_artwork AS work ON work.merged_into_id = alias.id
)
SELECT id FROM alias
"""
HELD = gettext_noop("This file is already held as %(work)s.")
HELD_AND_MERGED = gettext_noop("This file is already held as %(work)s, which was merged into %(kept)s.")
HELD_AND_MERGED_ELSEWHERE = gettext_noop(
    "This file is already held as %(work)s, which was merged into a record of another collection."
)
HELD_ELSEWHERE = gettext_noop("This file is already held in another collection.")


class WorkMergedError(Exception):
    """The record was merged into another one, `kept`. The text names both."""

    def __init__(self, alias: Artwork, kept: Artwork) -> None:
        names = {"work": alias.accession_number, "kept": kept.accession_number}
        super().__init__(gettext("%(work)s was merged into %(kept)s.") % names)
        self.alias = alias
        self.kept = kept


def ends_of(work_ids: Iterable[int]) -> dict[int, int]:
    """Return by work the work at the end of its chain: the work itself unless it is an alias. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ENDS, [list(work_ids)])
        return dict(cursor.fetchall())


def kept_of(alias: Artwork) -> Artwork:
    """Return the work at the end of the chain of an alias, with its collection."""
    return Artwork.objects.select_related("collection").get(pk=ends_of([alias.pk])[alias.pk])


def aliases_of(work: Artwork) -> QuerySet[Artwork]:
    """Return the records that were merged into this work, also those by way of another alias."""
    return Artwork.objects.filter(pk__in=RawSQL(ALIASES, [work.pk])).order_by("pk")  # noqa: S611 - no text of a user


def follow(user: User, pk: int) -> None:
    """Raise WorkMergedError if this is an alias that the user may know, of a work that the user may see."""
    alias = Artwork.objects.filter(aliases_known_to(user), pk=pk).first()
    if alias is None:
        return
    kept = Artwork.objects.filter(visible(user), pk__in=list(ends_of([pk]).values())).first()
    if kept is not None:
        raise WorkMergedError(alias, kept)


def kept_for_number(user: User, number: str) -> list[int]:
    """Return the works that records with this accession number were merged into, for a search by the old number."""
    found = Artwork.objects.filter(aliases_known_to(user), accession_number__iexact=number.strip())
    pks = list(found.values_list("pk", flat=True))
    return sorted(set(ends_of(pks).values())) if pks else []


def merged_numbers(collection: Collection, numbers: Numbers[str]) -> dict[str, Artwork]:
    """Return those of these accession numbers whose records are aliases, each with the work that was kept."""
    if not collection.pk or not numbers:
        return {}
    merged = Artwork.objects.filter(collection=collection, merged_into__isnull=False)
    found = dict(merged.filter(accession_number__in=list(numbers)).values_list("accession_number", "pk"))
    ends = ends_of(found.values()) if found else {}
    kept: Mapping[int, Artwork] = Artwork.objects.in_bulk(set(ends.values()))
    return {number: kept[ends[pk]] for number, pk in found.items()}


def name_of_kept(alias: Artwork) -> str:
    """Return the number of the work at the end of an alias's chain, or "" if it is in another collection.

    It is for a sentence to curators of the alias. They may not see works of other collections, so those are not named.
    """
    kept = kept_of(alias)
    return kept.accession_number if kept.collection_id == alias.collection_id else ""


def held_as(image: ArtworkImage, collection: Collection) -> str:
    """Return a sentence in English about where a picture is held, for curators of a collection."""
    work = image.artwork
    if work.collection_id != collection.pk:
        return HELD_ELSEWHERE
    if work.merged_into_id is None:
        return HELD % {"work": work.accession_number}
    kept = name_of_kept(work)
    return (HELD_AND_MERGED if kept else HELD_AND_MERGED_ELSEWHERE) % {"work": work.accession_number, "kept": kept}


def moved_away(collection: Collection, digests: Iterable[str]) -> list[ArtworkImage]:
    """Return the pictures with these files that merges moved from this collection to a work of another one.

    One short query, and a second one if there are such merges.
    """
    merges = WorkMerge.objects.filter(undone_at=None, merged_collection=collection)
    across = merges.exclude(kept_collection=collection).values_list("views", flat=True)
    moved = [view["picture"] for views in across for view in views if not view["returned"]]
    if not moved:
        return []
    return list(
        ArtworkImage.objects.filter(pk__in=moved, sha256__in=list(digests)).select_related("artwork", "collection")
    )
