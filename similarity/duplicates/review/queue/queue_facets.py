"""The values that the queue can be filtered by, each with its number of undecided pairs.

The pairs are read once, and once more for each chosen filter, and counted in Python. At most the first COUNTED pairs
are read, so a page takes the same time for ten thousand pairs and for a million.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery

from collection import permissions
from collection.models import Collection, UploadedFile
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.queue_filters import CHOICES, LABELS, UNKNOWN_KIND, Filters
from similarity.duplicates.review.verdicts import Pairs

COUNTED = 5_000  # most pairs that are read, the most certain first; this takes 0.1 s on two cores
SIDES = ("low", "high")
COLLECTIONS = [f"{side}__collection__slug" for side in SIDES]
UPLOADERS = [f"{side}_uploader" for side in SIDES]
COLUMNS = ("kind", "rule", "suggested", "signals", *COLLECTIONS, *UPLOADERS)

Row = Mapping[str, Any]

# The values of a pair by filter, as written in addresses. A pair across two collections counts for both.
VALUES: Mapping[str, Callable[[Row], Iterable[str]]] = {
    "collection": lambda row: {row[column] for column in COLLECTIONS},
    "kind": lambda row: [row["kind"] or UNKNOWN_KIND],
    "rule": lambda row: [row["rule"]],
    "signal": lambda row: row["signals"],
    "uploader": lambda row: {str(row[column]) for column in UPLOADERS if row[column] is not None},
    "suggested": lambda row: [row["suggested"]],
}


@dataclass(frozen=True)
class Choice:
    """A value of a filter as the form offers it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """A filter with its values. The counts are of pairs that match all other filters.

    is_part: True if more pairs match than were counted. Then each count is a lower bound.
    """

    name: str
    chosen: str
    choices: Sequence[Choice]
    is_part: bool = False

    @property
    def label(self) -> str:
        return str(LABELS[self.name])

    @property
    def is_useful(self) -> bool:
        """Return True if there is a value to choose, or a chosen one to clear."""
        return bool(self.chosen) or len(self.choices) > 1


@dataclass(frozen=True)
class Facets:
    """All facets of the queue, and the number of pairs that match all filters. is_part: True if it is a lower bound."""

    facets: Sequence[Facet]
    matching: int
    is_part: bool = False

    @property
    def has_parts(self) -> bool:
        return any(facet.is_part for facet in self.facets)


@dataclass(frozen=True)
class Sample:
    """The first COUNTED of some pairs. is_part: True if there are more."""

    rows: Sequence[Row]
    is_part: bool


def of(pairs: Pairs, filters: Filters, user: permissions.User) -> Facets:
    """Count the values of these undecided pairs, which are in the order of the queue, for this user."""
    matching = read(filters.apply(pairs))
    facets = []
    for name in LABELS:
        chosen = filters.value_of(name)
        sample = read(filters.without(name).apply(pairs)) if chosen else matching
        choices = with_chosen(chosen, name, choices_of(name, sample, user))
        facets.append(Facet(name, chosen, choices, sample.is_part))
    return Facets(facets, len(matching.rows), matching.is_part)


def read(pairs: Pairs) -> Sample:
    """Read the values of the first COUNTED pairs. One query."""
    for side, column in zip(SIDES, UPLOADERS, strict=True):
        sent = UploadedFile.objects.filter(image=OuterRef(side), refusal="").values("upload__uploaded_by")[:1]
        pairs = pairs.annotate(**{column: Subquery(sent)})
    plain = pairs.select_related(None).prefetch_related(None)
    rows = list(plain.values(*COLUMNS)[: COUNTED + 1])
    return Sample(rows[:COUNTED], is_part=len(rows) > COUNTED)


def choices_of(name: str, sample: Sample, user: permissions.User) -> list[Choice]:
    """Return the values that pairs have. If not all pairs were counted, add the values that other pairs may have."""
    counts = Counter(value for row in sample.rows for value in VALUES[name](row))
    labels = CHOICES[name] if name in CHOICES else labels_of(name, counts, user, is_part=sample.is_part)
    return [
        Choice(value, str(text), counts[value]) for value, text in labels.items() if counts[value] or sample.is_part
    ]


def labels_of(name: str, counts: Mapping[str, int], user: permissions.User, *, is_part: bool) -> dict[str, str]:
    """Return the collections or accounts to choose from, each with its title, by the value in an address."""
    if not (counts or is_part):
        return {}
    collections = reviewed_collections(user)
    if name == "collection":
        known = collections if is_part else Collection.objects.filter(slug__in=counts)
        return dict(known.order_by("title").values_list("slug", "title"))
    accounts = get_user_model().objects.order_by("username")
    sent = {"uploads__collection__in": collections} if is_part else {"pk__in": list(counts)}
    return {str(each.pk): each.get_full_name() or each.get_username() for each in accounts.filter(**sent).distinct()}


def reviewed_collections(user: permissions.User) -> QuerySet[Collection]:
    return Collection.objects.all() if verdicts.sees_all(user) else permissions.curated_collections(user)


def with_chosen(value: str, name: str, choices: list[Choice]) -> list[Choice]:
    """Return the choices, with the chosen value among them even if no pair has it any more."""
    if not value or any(choice.value == value for choice in choices):
        return choices
    return [*choices, Choice(value, str(CHOICES.get(name, {}).get(value, value)), 0)]
