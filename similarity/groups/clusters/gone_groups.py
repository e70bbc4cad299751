"""Find the live group that the address of a former group leads to."""

from collections.abc import Mapping

from similarity.groups.building import successors
from similarity.groups.clusters.shown_groups import ShownGroup
from similarity.models import Group, Overview, OverviewState, Placement

LEAST_SHARE = 1 / 3  # of the works of the former group


def successor(number: int, live: Overview, shown: Mapping[int, ShownGroup]) -> ShownGroup | None:
    """Return the live group that has most of the works of a group of the previous overview, or None.

    Return None for a live group, which is then hidden from this person, or has no work for them.

    shown: the live groups that the person may see. The successor is of the same level, and has at least LEAST_SHARE
    of the works.
    """
    previous = Group.objects.filter(overview__state=OverviewState.PREVIOUS, number=number).first()
    if previous is None or Group.objects.filter(overview=live, number=number).exists():
        return None
    least = LEAST_SHARE * Placement.objects.filter(**{successors.level_of(previous): previous}).count()
    numbers = successors.works_by_number(previous, live).most_common()
    return next((shown[one] for one, count in numbers if one in shown and count >= least), None)
