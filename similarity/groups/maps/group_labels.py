"""The names of groups on the map. Groups that a curator has hidden have none, except for administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collection import permissions
from collection.browsing import centuries
from similarity.models import Group, GroupName, Overview

TITLE_SHARE = 0.3  # of the works of a group, that a value needs to name it
TITLE_FACTS = 2


@dataclass(frozen=True)
class Label:
    """A group as the map shows it. An empty name shows no label."""

    pk: int
    number: int
    name: str
    parent: int | None  # the number of the group of the first level; None for such a group
    x: float
    y: float

    @property
    def in_short(self) -> list[Any]:
        return [self.number, self.name]


def of(overview: Overview, user: permissions.User) -> list[Label]:
    """Return the groups of an overview that have a place, by number. Hidden groups are left out."""
    names = GroupName.objects.in_bulk()
    groups = Group.objects.filter(overview=overview, x__isnull=False).select_related("parent").order_by("number")
    return [
        label_of(group, names) for group in groups if permissions.sees_everything(user) or not is_hidden(group, names)
    ]


def is_hidden(group: Group, names: Mapping[int, GroupName]) -> bool:
    """Return True if a curator has hidden this group or the group that it is part of."""
    numbers = (group.number, group.parent.number if group.parent else group.number)
    return any(number in names and names[number].is_hidden for number in numbers)


def label_of(group: Group, names: Mapping[int, GroupName]) -> Label:
    given = names[group.number].name if group.number in names else ""
    parent = group.parent.number if group.parent else None
    return Label(group.pk, group.number, given or title(group.facts), parent, float(group.x or 0), float(group.y or 0))


def title(facts: list[dict[str, Any]]) -> str:
    """Return the first values that many works of a group have, such as "Cubism, Juan Gris", or "" without any."""
    chosen: dict[str, str] = {}
    for fact in facts:
        if fact["count"] >= TITLE_SHARE * fact["of"] and len(chosen) < TITLE_FACTS:
            value = fact["value"]
            chosen.setdefault(fact["field"], centuries.name_of(value) if fact["field"] == "century" else value)
    return ", ".join(chosen.values())
