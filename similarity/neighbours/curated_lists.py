"""Apply pins and bans to a work's list of similar works: pinned works first, banned works left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from collection import permissions
from collection.models import Artwork, ArtworkImage
from similarity.index import query_filters, store
from similarity.index.query_filters import Filter
from similarity.models import CuratedNeighbour
from similarity.neighbours import blending
from similarity.neighbours.blending import Match, Query

Kind = CuratedNeighbour.Kind


@dataclass(frozen=True)
class Curation:
    """Ids of the works that are pinned in the list of one work, first pinned first, and of those that are banned."""

    pins: Sequence[int] = ()
    bans: Sequence[int] = ()


def curation_of(work: Artwork) -> Curation:
    """Return the pins and bans of this work, by one short query: most works have none."""
    rows = CuratedNeighbour.objects.filter(work=work).order_by("decided_at", "pk").values_list("neighbour_id", "kind")
    by_kind: dict[str, list[int]] = {Kind.PIN: [], Kind.BAN: []}
    for neighbour_id, kind in rows:
        by_kind[kind].append(neighbour_id)
    return Curation(by_kind[Kind.PIN], by_kind[Kind.BAN])


def banned(work: Artwork, user: permissions.User) -> list[CuratedNeighbour]:
    """Return the bans of this work whose neighbours this user may see, the oldest first."""
    rows = CuratedNeighbour.objects.filter(permissions.visible(user, "neighbour__"), work=work, kind=Kind.BAN)
    return list(rows.select_related("neighbour", "decided_by").order_by("decided_at", "pk"))


def matches(
    curation: Curation,
    lens_queries: Sequence[Query],
    k: int,
    among: Filter,
    pictures: QuerySet[ArtworkImage],
    unpinned: Filter = Filter(),  # noqa: B008
) -> list[Match]:
    """Return at most k works: the pinned ones in the order of their pinning, then the nearest others, none banned.

    `among` admits works by their embeddings, and `unpinned` those of them that no curator pinned. Pinned works without
    an embedding are admitted if they have one of these pictures.
    Further lens_queries are sent only for pinned works that are not among the nearest.
    """
    others = among & unpinned & query_filters.without_works(curation.bans)
    found = blending.nearest_works(lens_queries, k, others) if lens_queries else []
    known = {match.work_id: match for match in found}
    known |= compared(lens_queries, among, [pk for pk in curation.pins if pk not in known])
    known |= uncompared([pk for pk in curation.pins if pk not in known], pictures)
    pinned = [known[pk] for pk in curation.pins if pk in known]
    return [*pinned, *(match for match in found if match.work_id not in curation.pins)][:k]


def compared(lens_queries: Sequence[Query], among: Filter, work_ids: Sequence[int]) -> dict[int, Match]:
    """Return each of these works by its best picture, with its distances. One query for each lens."""
    if not work_ids:
        return {}
    wanted = among & query_filters.of_works(work_ids)
    by_lens = [(query, store.distances(query.space, query.vectors, wanted)) for query in lens_queries]
    return {match.work_id: match for match in blending.ranked(by_lens)}


def uncompared(work_ids: Sequence[int], pictures: QuerySet[ArtworkImage]) -> dict[int, Match]:
    """Return those of these works that have one of these pictures, by the first of them, without distances."""
    if not work_ids:
        return {}
    first = pictures.filter(artwork__in=work_ids).order_by("artwork_id", "position").distinct("artwork_id")
    return {work_id: Match(pk, work_id, {}) for work_id, pk in first.values_list("artwork_id", "pk")}
