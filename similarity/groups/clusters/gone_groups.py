"""Find the live group that the address of a former group leads to."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count

from similarity.groups.clusters.shown_groups import ShownGroup
from similarity.models import Group, Overview, OverviewState, Placement


def successor(number: int, live: Overview, shown: Mapping[int, ShownGroup]) -> ShownGroup | None:
    """Return the live group that has most of the works of a group of the previous overview, or None.

    shown: the live groups that the person may see. The successor is of the same level.
    """
    previous = Group.objects.filter(overview__state=OverviewState.PREVIOUS, number=number).first()
    if previous is None:
        return None
    level = "group" if previous.parent_id is None else "subgroup"
    works = Placement.objects.filter(**{level: previous}).values("work")
    moved = Placement.objects.filter(overview=live, work__in=works, **{f"{level}__isnull": False}).order_by()
    numbers = Counter(dict(moved.values_list(f"{level}__number").annotate(Count("pk"))))
    return next((shown[one] for one, _ in numbers.most_common() if one in shown), None)
