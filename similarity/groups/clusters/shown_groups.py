"""The groups of the live overview as one person may see them: their works, counts, names and facts.

A group without a visible work does not exist for this person. Hidden groups and their parts exist only for curators.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import FloatField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext

from collection import permissions, queries
from collection.models import Artwork
from collection.permissions import User
from similarity.groups.clusters import fact_sentences, public_facts
from similarity.groups.clusters.fact_sentences import ShownFact
from similarity.groups.clusters.public_facts import GroupCounts
from similarity.models import Group, GroupName, Overview, Placement

MOSAIC = 5  # works that stand for a group in a list
JOINED = -1.0  # typicality of works that joined later: after the others


@dataclass
class ShownGroup:
    """A group that this person may see. `works`: the most typical of its works, if they were asked for."""

    group: Group
    count: int
    facts: Sequence[ShownFact]
    name: str = ""  # that a curator gave
    is_hidden: bool = False
    works: list[Artwork] = field(default_factory=list)
    parent_facts: Sequence[ShownFact] = ()  # of the group of the first level that contains it

    @property
    def number(self) -> int:
        return self.group.number

    @property
    def title(self) -> str:
        return self.title_without_number or self.numbered

    @property
    def title_without_number(self) -> str:
        return self.name or fact_sentences.title(self.facts, self.parent_facts)

    @property
    def numbered(self) -> str:
        return gettext("Group %(number)s") % {"number": self.number}

    @property
    def url(self) -> str:
        return reverse("group", args=[self.number])

    @property
    def sentence(self) -> str:
        return fact_sentences.sentence(self.facts)


def may_name(user: User) -> bool:
    """Return True if this person may name and hide groups: a curator of any collection, or an administrator."""
    return permissions.sees_everything(user) or bool(permissions.own_collections(user))


def counts(overview: Overview, user: User) -> GroupCounts:
    """Return how many works of each group this person may see. For visitors the numbers are cached."""
    if not user.is_authenticated:
        return public_facts.read(overview).sizes
    return public_facts.sizes(overview, permissions.visible(user, "work__"))


def find(overview: Overview, user: User) -> dict[int, ShownGroup]:
    """Return all groups of both levels that this person may see, by their numbers."""
    sizes, facts = counts(overview, user), public_facts.read(overview).facts
    names = GroupName.objects.in_bulk()
    found = {}
    for group in Group.objects.filter(overview=overview).order_by("number"):
        name = names.get(group.number) or GroupName(number=group.number)
        of_parent = facts.get(group.parent_id, ()) if group.parent_id else ()
        shown = ShownGroup(
            group, sizes.get(group.pk, 0), facts.get(group.pk, ()), name.name, name.is_hidden, parent_facts=of_parent
        )
        if shown.count:
            found[group.number] = shown
    return found if may_name(user) else without_hidden(found)


def without_hidden(groups: dict[int, ShownGroup]) -> dict[int, ShownGroup]:
    """Return the groups that are neither hidden nor a part of a hidden group."""
    hidden = {shown.group.pk for shown in groups.values() if shown.is_hidden}
    return {
        number: shown
        for number, shown in groups.items()
        if shown.group.pk not in hidden and shown.group.parent_id not in hidden
    }


def of_first_level(groups: Iterable[ShownGroup]) -> list[ShownGroup]:
    """Return the groups of the first level, those with the most works first."""
    first = [shown for shown in groups if shown.group.parent_id is None]
    return sorted(first, key=lambda shown: (-shown.count, shown.number))


def children_of(parent: ShownGroup, groups: Iterable[ShownGroup]) -> list[ShownGroup]:
    """Return the groups that a group of the first level is divided into, those with the most works first."""
    children = [shown for shown in groups if shown.group.parent_id == parent.group.pk]
    return sorted(children, key=lambda shown: (-shown.count, shown.number))


def add_works(groups: Sequence[ShownGroup], user: User, count: int = MOSAIC) -> None:
    """Read the most typical works of each group that this person may see, with their first pictures."""
    ids = {pk for shown in groups for pk in shown.group.typical}
    seen = set(permissions.visible_works(user).filter(pk__in=ids).order_by().values_list("pk", flat=True))
    chosen = {shown.number: [pk for pk in shown.group.typical if pk in seen][:count] for shown in groups}
    lacking = [shown for shown in groups if len(chosen[shown.number]) < min(count, shown.count)]
    for shown in lacking:  # their typical works were withdrawn or deleted
        chosen[shown.number] = list(placed(shown.group, user).values_list("work", flat=True)[:count])
    wanted = [pk for numbers in chosen.values() for pk in numbers]
    works = {work.pk: work for work in queries.in_order(user, wanted)}
    for shown in groups:
        shown.works = [works[pk] for pk in chosen[shown.number] if pk in works]


def placed(group: Group, user: User) -> QuerySet[Placement]:
    """Return the rows of the works of a group that this person may see, the most typical first."""
    own = Placement.objects.filter(**{"group" if group.parent_id is None else "subgroup": group})
    return own.filter(permissions.visible(user, "work__")).alias(rank=rank()).order_by("-rank", "work_id")


def rank() -> Coalesce:
    """Return an expression: the typicality of a work. Those that joined later come last."""
    return Coalesce("typicality", Value(JOINED), output_field=FloatField())
