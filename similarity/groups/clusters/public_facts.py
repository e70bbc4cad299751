"""The facts about groups, with the numbers of works that are public now. They are cached until works change.

A fact is shown only while enough public works have its value, so that it says nothing about withdrawn works.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from collection import permissions
from collection.browsing import kept_counts
from collection.browsing.facet_table import BY_NAME
from collection.models import Artwork
from similarity.groups.building import group_facts
from similarity.groups.clusters.fact_sentences import ShownFact
from similarity.groups.graphs.over_representation import Tally
from similarity.models import Group, Overview, Placement

GroupCounts = Mapping[int, int]  # works by primary key of the group, in both levels


@dataclass(frozen=True)
class PublicGroups:
    """The numbers and facts of the public works of all groups of an overview."""

    works: int
    sizes: GroupCounts
    facts: Mapping[int, Sequence[ShownFact]]  # by primary key of the group


def read(overview: Overview) -> PublicGroups:
    """Return what the public may know. It is the same for everybody, so processes cache it until works join."""
    return kept_counts.kept(
        f"groups {overview.pk} {overview.joined}", lambda _: count_now(overview), kept_counts.REUSED_S
    )


def sizes(overview: Overview, works: Q) -> GroupCounts:
    """Return the number of works of each group for which the condition holds. One query."""
    found: Counter[int] = Counter()
    placed = Placement.objects.filter(works, overview=overview, group__isnull=False).order_by()
    for group, subgroup, number in placed.values_list("group", "subgroup").annotate(Count("pk")):
        found[group] += number
        if subgroup is not None:
            found[subgroup] += number
    return found


def count_now(overview: Overview) -> PublicGroups:
    of_group = sizes(overview, permissions.public_works("work__"))
    groups = [group for group in Group.objects.filter(overview=overview) if of_group.get(group.pk)]
    stored = {group.pk: [group_facts.Fact(**fact) for fact in group.facts] for group in groups}
    first = [group.pk for group in groups if group.parent_id is None]
    works = sum(of_group[pk] for pk in first)
    bearing = count_bearing(overview, [fact for facts in stored.values() for fact in facts])
    facts = {}
    for pk, known in stored.items():
        tallies = [(fact, tally_of(bearing[fact.field, fact.value], pk, of_group[pk], works, first)) for fact in known]
        facts[pk] = [
            ShownFact(fact.field, fact.value, tally.count, tally.size, tally.elsewhere)
            for fact, tally in tallies
            if tally.is_frequent
        ]
    return PublicGroups(works, of_group, facts)


def tally_of(bearing: GroupCounts, pk: int, size: int, works: int, first: Iterable[int]) -> Tally:
    """Return how many works of a group have a value, and how many of all. bearing: those that have it, by group."""
    return Tally(bearing.get(pk, 0), size, sum(bearing.get(one, 0) for one in first), works)


def count_bearing(overview: Overview, facts: Iterable[group_facts.Fact]) -> Mapping[tuple[str, str], Mapping[int, int]]:
    """Return the number of public works with each value of these facts, by group. One query for each field."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for fact in facts:
        wanted[fact.field].add(fact.value)
    found: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for field, values in wanted.items():
        facet = BY_NAME[field]
        works = Artwork.objects.filter(permissions.public_works(""), placements__overview=overview).order_by()
        if facet.stands_for is None:
            works = works.filter(facet.bears(sorted(values)))
        columns = ("placements__group", "placements__subgroup", facet.value)
        for group, subgroup, stored, number in works.values_list(*columns).annotate(Count("pk")):
            for value in {*group_facts.values_of(facet, stored)} & values:
                found[field, value][group] += number
                found[field, value][subgroup] += number
    return found
