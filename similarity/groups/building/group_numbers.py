"""What a new overview takes over from the live one: the groups that its clusters start from, and their numbers."""

from collections.abc import Sequence

import numpy as np
from django.db.models import Max
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from similarity.groups.building import versions
from similarity.groups.graphs import cluster_matching, row_numbers
from similarity.groups.graphs.clustering import Clusters
from similarity.models import Group, GroupName, Overview, OverviewState, Placement

Rows = NDArray[np.int64]
SHOWN = (OverviewState.LIVE, OverviewState.PREVIOUS)


def assign(work_ids: Rows, levels: Sequence[Rows]) -> list[list[int]]:
    """Return the numbers of the groups of each level. `levels`: the cluster of each of the ascending works, or -1.

    A group that has most of the works of a live one takes its number.
    """
    greatest = greatest_used()
    old = live_numbers(work_ids)
    found = []
    for clusters, numbers in zip(levels, old, strict=True):
        known, codes = np.unique(numbers[numbers >= 0], return_inverse=True)
        old_clusters = np.full(len(numbers), -1, np.int64)
        old_clusters[numbers >= 0] = codes
        same = {new: int(known[one]) for new, one in cluster_matching.matched(clusters, old_clusters).items()}
        of_level = []
        for cluster in range(int(clusters.max(initial=-1)) + 1):
            if cluster not in same:
                greatest += 1
            of_level.append(same.get(cluster, greatest))
        found.append(of_level)
    return found


def greatest_used() -> int:
    """Return the greatest number that visitors may know. A row keeps it, because overviews are deleted later."""
    shown = Group.objects.filter(overview__state__in=SHOWN).aggregate(last=Max("number"))["last"] or 0
    if shown:
        GroupName.objects.bulk_create([GroupName(number=shown)], ignore_conflicts=True)
    named = GroupName.objects.aggregate(last=Max("number"))["last"] or 0
    return max(shown, named)


def to_continue(overview: Overview, work_ids: Rows) -> Clusters | None:
    """Return the live groups of these ascending works, from which the clusters of this overview start.

    Works that joined the live overview after it was built count as new. Return None without a live overview of the same
    space, because vectors of another space stand for other similarities.
    """
    live = versions.live()
    if live is None or live.space_id != overview.space_id:
        return None
    return Clusters(*live_numbers(work_ids, with_joined=False))


def live_numbers(work_ids: Rows, *, with_joined: bool = True) -> tuple[Rows, Rows]:
    """Return the numbers of the live group and subgroup of each work, -1 for none."""
    group, subgroup = np.full(len(work_ids), -1, np.int64), np.full(len(work_ids), -1, np.int64)
    overview: Overview | None = versions.live()
    if overview is None or not len(work_ids):
        return group, subgroup
    placed = Placement.objects.filter(overview=overview, group__isnull=False).order_by()
    if not with_joined:
        placed = placed.filter(has_joined=False)
    numbers = placed.annotate(part=Coalesce("subgroup__number", -1)).values_list("work", "group__number", "part")
    found = np.array(list(numbers.iterator()), np.int64).reshape(-1, 3)
    rows = row_numbers.find(work_ids, found[:, 0])
    is_there = rows >= 0
    group[rows[is_there]], subgroup[rows[is_there]] = found[is_there, 1], found[is_there, 2]
    return group, subgroup
