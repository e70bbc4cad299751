"""Which groups of one overview have the works of a group of another one. Groups that follow hidden ones are hidden."""

import logging
from collections import Counter

from django.db.models import Count

from similarity.models import Group, GroupName, Overview, Placement

logger = logging.getLogger(__name__)


def level_of(group: Group) -> str:
    """Return the field of Placement that has groups of this level."""
    return "group" if group.parent_id is None else "subgroup"


def works_by_number(former: Group, overview: Overview) -> Counter[int]:
    """Return how many works of a former group each group of the same level of this overview has, by its number."""
    level = level_of(former)
    works = Placement.objects.filter(**{level: former}).values("work")
    moved = Placement.objects.filter(overview=overview, work__in=works, **{f"{level}__isnull": False}).order_by()
    return Counter(dict(moved.values_list(f"{level}__number").annotate(Count("pk"))))


def hide(before: Overview, overview: Overview) -> None:
    """Hide each group of this overview that has most of the works of a hidden group of the overview before it.

    It may have another number than the hidden group.
    """
    hidden = GroupName.objects.filter(is_hidden=True).values("number")
    for former in Group.objects.filter(overview=before, number__in=hidden):
        for number, _ in works_by_number(former, overview).most_common(1):
            GroupName.objects.update_or_create(number=number, defaults={"is_hidden": True})
            logger.info("Group %s is hidden, because it follows the hidden group %s", number, former.number)
