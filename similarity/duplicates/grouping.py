"""Group pairs into cases: connected components of the pairs suggested or decided as duplicates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, When

from similarity.models import DuplicateCase, DuplicatePair, Verdict

LEAST_PICTURES = 3  # two pictures are a pair
SIDES = ("low", "high")
EDGE = ("pk", "low_id", "high_id", "case_id", "connects")
LOCK = 0x63617365  # the key of the advisory lock under which cases are changed
# A placeholder would connect all works that it stands for. Views of one work, as after a merge, are no duplicates.
OPEN = Q(suggested=Verdict.DUPLICATE, verdict=Verdict.UNDECIDED, stands_for_many=False)
CONNECTING = (OPEN | Q(verdict=Verdict.DUPLICATE)) & ~Q(low__artwork=F("high__artwork"))
REPAIRED_AT_ONCE = 100  # cases in one transaction
# By ascending id, as a deletion locks them. Pictures before the advisory lock, as workers that flag pictures do.
HOLD = """
SELECT id FROM collection_artworkimage WHERE id IN (
    SELECT unnest(ARRAY[low_id, high_id]) FROM similarity_duplicatepair WHERE id = ANY(%s)
) ORDER BY id FOR KEY SHARE
"""
# A case of N pictures needs at least N - 1 pairs, and at least two. A case with fewer has lost some to a deletion.
BROKEN = """
SELECT kase.id FROM similarity_duplicatecase AS kase
LEFT JOIN similarity_duplicatepair AS pair ON pair.case_id = kase.id
LEFT JOIN LATERAL (VALUES (pair.low_id), (pair.high_id)) AS picture (id) ON true
GROUP BY kase.id HAVING count(DISTINCT pair.id) < greatest(2, count(DISTINCT picture.id) - 1)
ORDER BY kase.id
"""


@dataclass(frozen=True)
class Edge:
    """What grouping needs to know of a pair."""

    pk: int
    low_id: int
    high_id: int
    case_id: int | None
    is_connecting: bool


def lock(pair_ids: Iterable[int] = ()) -> None:
    """Wait until no other transaction changes pairs and cases. The lock ends with the transaction.

    Take it before any pair is changed, so that two transactions never wait for each other. `pair_ids`: pairs that will
    be changed before they are regrouped. Their pictures are kept from being deleted, because PostgreSQL checks foreign
    keys again when a transaction changes a row twice. This would wait for a deletion that waits for the pair.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(pair_ids)])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def regroup_pair(pair_id: int) -> None:
    """Compute and write the cases around the two pictures of a pair again, under the `lock`."""
    regroup(pk for row in DuplicatePair.objects.filter(pk=pair_id).values_list("low", "high") for pk in row)


def regroup(image_ids: Iterable[int]) -> None:
    """Compute and write the cases around these pictures. Call it in the transaction of the change, under `lock`."""
    pairs = connected_pairs(set(image_ids))
    groups = components(pairs.values())
    pairs_of = defaultdict(list)
    for pair in pairs.values():
        if pair.is_connecting:
            pairs_of[groups[pair.low_id]].append(pair)
    used: set[int] = set()
    for members in sorted(pairs_of.values(), key=lambda members: min(pair.pk for pair in members)):
        images = {pk for pair in members for pk in (pair.low_id, pair.high_id)}
        write_case(members, images, used)
    move([pair for pair in pairs.values() if not pair.is_connecting], None)
    DuplicateCase.objects.filter(pairs=None).delete()


def repair() -> None:
    """Group again the pairs around merges, undone merges and deletions. It reads every pair of every case."""
    repair_merged()
    repair_broken()


@transaction.atomic
def repair_merged() -> None:
    """Group the pairs again whose works were merged, or whose merge was undone, since they were grouped."""
    lock()
    merged = DuplicatePair.objects.filter(low__artwork=F("high__artwork"), case__isnull=False)
    near = DuplicatePair.objects.filter(CONNECTING).exclude(pk=OuterRef("pk"))
    neighbours = [Exists(near.filter(**{own: OuterRef(side)})) for own in SIDES for side in SIDES]
    loose = DuplicatePair.objects.filter(CONNECTING, reduce(or_, map(Q, neighbours)), case=None)
    changed = {pk for rows in (merged, loose) for row in rows.values_list("low", "high") for pk in row}
    if changed:
        regroup(changed)


def connected_pairs(image_ids: set[int]) -> dict[int, Edge]:
    """Return the pairs that can be reached from these pictures by connecting pairs, and those that were in a case."""
    found: dict[int, Edge] = {}
    frontier = set(image_ids)
    seen: set[int] = set()
    while frontier:
        seen |= frontier
        near = Q(low__in=frontier) | Q(high__in=frontier)
        rows = DuplicatePair.objects.filter(near, CONNECTING | Q(case__isnull=False))
        for row in rows.annotate(connects=Case(When(CONNECTING, then=True), default=False)).values_list(*EDGE):
            found[row[0]] = Edge(*row)
        frontier = {pk for edge in found.values() for pk in (edge.low_id, edge.high_id)} - seen
    return found


def components(edges: Collection[Edge]) -> dict[int, int]:
    """Return the smallest picture of the connected component of each picture, by union and find."""
    parent: dict[int, int] = {}

    def root(pk: int) -> int:
        parent.setdefault(pk, pk)
        while parent[pk] != pk:
            parent[pk] = parent[parent[pk]]
            pk = parent[pk]
        return pk

    for edge in edges:
        if edge.is_connecting:
            low, high = sorted((root(edge.low_id), root(edge.high_id)))
            parent[high] = low
    return {pk: root(pk) for pk in list(parent)}


def write_case(members: Sequence[Edge], images: Collection[int], used: set[int]) -> None:
    """Give the pairs of one component their case: the oldest that no other component has taken, or a new one."""
    if len(images) < LEAST_PICTURES:
        move(members, None)
        return
    known = sorted({pair.case_id for pair in members if pair.case_id} - used)
    case_id = known[0] if known else DuplicateCase.objects.create().pk
    used.add(case_id)
    move(members, case_id)


def move(members: Sequence[Edge], case_id: int | None) -> None:
    """Write the case of those of these pairs that are in another one or in none."""
    changed = [pair.pk for pair in members if pair.case_id != case_id]
    if changed:
        DuplicatePair.objects.filter(pk__in=held(changed)).update(case=case_id)


def held(pair_ids: Iterable[int]) -> list[int]:
    """Lock pairs and return their ids, without those that are being deleted.

    A deletion of pictures deletes their pairs in an order of its own and takes no `lock`. To wait for one of these
    pairs while holding another could be a deadlock.
    """
    rows = DuplicatePair.objects.filter(pk__in=list(pair_ids)).order_by("pk")
    return list(rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))


def repair_broken() -> None:
    """Regroup the cases that lost pairs to the deletion of a picture, REPAIRED_AT_ONCE in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        broken = [pk for (pk,) in cursor.fetchall()]
    for start in range(0, len(broken), REPAIRED_AT_ONCE):
        with transaction.atomic():
            lock()
            left = DuplicatePair.objects.filter(case__in=broken[start : start + REPAIRED_AT_ONCE])
            regroup({pk for pair in left.values_list("low", "high") for pk in pair})
