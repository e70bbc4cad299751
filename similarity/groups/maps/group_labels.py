"""The names of groups on the map, as on the pages of the groups. Hidden groups have none, except for curators."""

from dataclasses import dataclass
from typing import Any

from collection import permissions
from similarity.groups.clusters import shown_groups
from similarity.groups.clusters.shown_groups import ShownGroup
from similarity.models import Overview


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
    """Return the groups of an overview that this person may see and that have a place, by number."""
    found = shown_groups.find(overview, user)
    numbers = {shown.group.pk: number for number, shown in found.items()}
    return [label_of(shown, numbers) for shown in found.values() if shown.group.x is not None]


def label_of(shown: ShownGroup, numbers: dict[int, int]) -> Label:
    group = shown.group
    parent = numbers[group.parent_id] if group.parent_id else None
    name = shown.title_without_number
    return Label(group.pk, group.number, name, parent, float(group.x or 0), float(group.y or 0))
