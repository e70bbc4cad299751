"""Find what the public records of a group have more often than those of the other works."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from django.db.models import QuerySet

from collection import permissions
from collection.browsing.facet_table import BY_NAME, FacetField
from collection.models import UNKNOWN_MAKER, Artwork
from similarity.groups.building.placements import BATCH
from similarity.groups.graphs import over_representation
from similarity.groups.graphs.over_representation import Tally

FIELDS = ("classification", "creator", "culture", "century", "department", "medium")  # names of facets
FACTS_LIMIT = 6  # of a group
FIELD_LIMIT = 2  # values of one field of a group


@dataclass(frozen=True)
class Fact:
    """A value that public works of a group have more often than the others. It is stored in Group.facts."""

    field: str  # a facet
    value: str
    count: int  # works of the group with this value
    of: int  # works of the group
    elsewhere: float  # the share of the other works that have it


class Counts:
    """How many public works have each value, in all and in each group of one level."""

    def __init__(self) -> None:
        self.total = 0
        self.of_value: Counter[tuple[str, str]] = Counter()
        self.size: Counter[int] = Counter()
        self.in_group: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)

    def add(self, group: int, values: list[tuple[str, str]]) -> None:
        self.total += 1
        self.of_value.update(values)
        self.size[group] += 1
        self.in_group[group].update(values)

    @property
    def groups(self) -> list[int]:
        return [group for group in self.size if group >= 0]

    @property
    def tested(self) -> int:
        """Return the number of pairs of a group and a value that are tested."""
        frequent = sum(number >= over_representation.LEAST_COUNT for number in self.of_value.values())
        return frequent * len(self.groups)

    def tally(self, group: int, value: tuple[str, str]) -> Tally:
        return Tally(self.in_group[group][value], self.size[group], self.of_value[value], self.total)


def find(groups_of: Mapping[int, tuple[int, ...]], levels: int) -> list[dict[int, list[dict[str, object]]]]:
    """Return for each level the facts of its groups, by group.

    groups_of: the group of each work in each level, -1 for none. Works without a group in a level count
    among the other works for every group of that level.
    """
    counts = [Counts() for _ in range(levels)]
    for work_id, values in public_values():
        for one, group in zip(counts, groups_of.get(work_id, ()), strict=False):
            one.add(group, values)
    tested = sum(one.tested for one in counts)
    return [facts_of_level(one, tested) for one in counts]


def public_values() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Yield the id of each public work with its values: (facet, value)."""
    facets = [BY_NAME[name] for name in FIELDS]
    works: QuerySet[Artwork] = Artwork.objects.filter(permissions.public_works("")).order_by()
    columns = {f"fact_{facet.name}": facet.value for facet in facets}
    for work_id, *found in works.values_list("pk", *columns.values()).iterator(chunk_size=BATCH):
        pairs = zip(facets, found, strict=True)
        yield work_id, [(facet.name, value) for facet, stored in pairs for value in values_of(facet, stored)]


def values_of(facet: FacetField, stored: object) -> list[str]:
    """Return the values of a facet that a work has. An unknown maker does not count as a value."""
    if stored is None or stored == "":
        return []
    if isinstance(stored, list):
        return [value for value in dict.fromkeys(stored) if value and value != UNKNOWN_MAKER]
    return list(facet.stands_for(str(stored))) if facet.stands_for else [str(stored)]


def facts_of_level(counts: Counts, tested: int) -> dict[int, list[dict[str, object]]]:
    """Return the facts of each group, the greatest weight first. tested: pairs of a group and a value in all levels."""
    pairs = [(group, value) for group in counts.groups for value in counts.in_group[group]]
    tallies = [counts.tally(*pair) for pair in pairs]
    found: defaultdict[int, list[tuple[float, Fact]]] = defaultdict(list)
    for (group, (field, value)), tally, is_fact in zip(
        pairs, tallies, over_representation.significant(tallies, tested), strict=True
    ):
        if is_fact:
            fact = Fact(field, value, tally.count, tally.size, round(tally.elsewhere, 4))
            found[group].append((tally.weight, fact))
    return {group: [asdict(fact) for fact in best(facts)] for group, facts in found.items()}


def best(facts: list[tuple[float, Fact]]) -> list[Fact]:
    """Return the facts with the greatest weights, few of each field."""
    ordered = [fact for _, fact in sorted(facts, key=lambda one: (-one[0], one[1].field, one[1].value))]
    used: Counter[str] = Counter()
    kept = []
    for fact in ordered:
        used[fact.field] += 1
        if used[fact.field] <= FIELD_LIMIT:
            kept.append(fact)
    return kept[:FACTS_LIMIT]
