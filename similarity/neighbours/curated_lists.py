"""A work's list of similar works as its curators want it: pinned works first, banned works left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from collection import permissions
from collection.models import Artwork, Collection
from similarity.index import store
from similarity.models import CuratedNeighbour
from similarity.neighbours import blending
from similarity.neighbours.blending import Match, Probe

Kind = CuratedNeighbour.Kind


@dataclass(frozen=True)
class Statements:
    """Ids of the works that are pinned in the list of one work, first pinned first, and of those that are banned."""

    pins: Sequence[int] = ()
    bans: Sequence[int] = ()


def statements_about(work: Artwork) -> Statements:
    """Return what curators say about the neighbours of this work, by one short query: most works have none."""
    rows = CuratedNeighbour.objects.filter(work=work).order_by("decided_at", "pk").values_list("neighbour_id", "kind")
    by_kind: dict[str, list[int]] = {Kind.PIN: [], Kind.BAN: []}
    for neighbour_id, kind in rows:
        by_kind[kind].append(neighbour_id)
    return Statements(by_kind[Kind.PIN], by_kind[Kind.BAN])


def banned(work: Artwork, user: permissions.User) -> list[CuratedNeighbour]:
    """Return the bans of this work with their neighbours, as far as this user may see these, the oldest first."""
    rows = CuratedNeighbour.objects.filter(permissions.visible(user, "neighbour__"), work=work, kind=Kind.BAN)
    return list(rows.select_related("neighbour", "decided_by").order_by("decided_at", "pk"))


def matches(
    said: Statements,
    probes: Sequence[Probe],
    k: int,
    among: Q,
    user: permissions.User,
    collection: Collection | None = None,
) -> list[Match]:
    """Return at most k works: the pinned ones in the order of their pinning, then the nearest others, none banned.

    `among` admits embeddings; the user and the collection admit pinned works that have none. Further queries are made
    only for pinned works that are not among the nearest.
    """
    found = blending.nearest_works(probes, k, without(among, said.bans)) if probes else []
    known = {match.work_id: match for match in found}
    known |= compared(probes, among, [pk for pk in said.pins if pk not in known])
    known |= uncompared([pk for pk in said.pins if pk not in known], user, collection)
    pinned = [known[pk] for pk in said.pins if pk in known]
    return [*pinned, *(match for match in found if match.work_id not in said.pins)][:k]


def without(among: Q, work_ids: Iterable[int]) -> Q:
    """Leave works out of a query over embeddings.

    One condition for each of them, because the index keeps the SQL that it has written by the form of the filter.
    """
    for pk in work_ids:
        among &= ~Q(image__artwork=pk)
    return among


def compared(probes: Sequence[Probe], among: Q, work_ids: Sequence[int]) -> dict[int, Match]:
    """Return each of these works by its best picture, with its distances. One query for each lens."""
    if not work_ids:
        return {}
    wanted = among & Q(image__artwork__in=work_ids)
    by_lens = [(probe, store.distances(probe.space, probe.vectors, wanted)) for probe in probes]
    return {match.work_id: match for match in blending.ranked(by_lens)}


def uncompared(work_ids: Sequence[int], user: permissions.User, collection: Collection | None) -> dict[int, Match]:
    """Return those of these works that the user may see, by their first picture, without distances."""
    if not work_ids:
        return {}
    pictures = permissions.visible_images(user).filter(artwork__in=work_ids)
    if collection is not None:
        pictures = pictures.filter(artwork__collection=collection)
    first = pictures.order_by("artwork_id", "position").distinct("artwork_id").values_list("artwork_id", "pk")
    return {work_id: Match(image_id, work_id, {}) for work_id, image_id in first}
