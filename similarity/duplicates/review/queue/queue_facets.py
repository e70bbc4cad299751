"""The values that the queue can be filtered by, each with its number of undecided pairs. Five queries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, Q, Subquery

from collection.models import Collection, UploadedFile
from similarity.duplicates.review.queue_filters import CHOICES, LABELS, UNKNOWN_KIND, Filters
from similarity.duplicates.review.verdicts import Pairs

GROUPED = ("kind", "rule", "suggested")  # columns of the pair, counted by one query


@dataclass(frozen=True)
class Choice:
    """A value of a filter as the form offers it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """A filter with its values. The counts are of pairs that match all other filters."""

    name: str
    chosen: str
    choices: Sequence[Choice]

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def is_useful(self) -> bool:
        """Return True if there is a value to choose, or a chosen one to clear."""
        return bool(self.chosen) or len(self.choices) > 1


@dataclass(frozen=True)
class Facets:
    """All facets of the queue, and the number of pairs that match all filters."""

    facets: Sequence[Facet]
    matching: int


def of(pairs: Pairs, filters: Filters) -> Facets:
    """Count the values of these undecided pairs."""
    plain = pairs.order_by().select_related(None).prefetch_related(None)
    rows = list(filters.without(*GROUPED).apply(plain).values(*GROUPED).annotate(count=Count("pk")))
    found = {
        "collection": collections(filters.without("collection").apply(plain)),
        "signal": signals(filters.without("signal").apply(plain)),
        "uploader": uploaders(filters.without("uploader").apply(plain)),
        **{name: grouped(name, rows, filters) for name in GROUPED},
    }
    facets = [
        Facet(name, filters.value_of(name), with_chosen(filters.value_of(name), name, found[name])) for name in LABELS
    ]
    return Facets(facets, sum(row["count"] for row in rows if matches(row, filters)))


def grouped(name: str, rows: Iterable[Mapping[str, Any]], filters: Filters) -> list[Choice]:
    """Return the values of a column among the rows that match the other filters."""
    counts: Counter[str] = Counter()
    for row in rows:
        if matches(row, filters.without(name)):
            counts[shown(name, row[name])] += row["count"]
    return [Choice(value, label, counts[value]) for value, label in CHOICES[name].items() if counts[value]]


def matches(row: Mapping[str, Any], filters: Filters) -> bool:
    return all(filters.value_of(name) in ("", shown(name, row[name])) for name in GROUPED)


def shown(name: str, value: str) -> str:
    """Return a stored value as it is in an address, where an empty kind has a name."""
    return value or (UNKNOWN_KIND if name == "kind" else "")


def signals(pairs: Pairs) -> list[Choice]:
    counts = pairs.aggregate(**{name: Count("pk", filter=Q(signals__has_key=name)) for name in CHOICES["signal"]})
    return [Choice(name, label, counts[name]) for name, label in CHOICES["signal"].items() if counts[name]]


def collections(pairs: Pairs) -> list[Choice]:
    """Return the collections of these pairs. A pair across two collections counts for both."""
    counts = counted_sides(pairs, {side: f"{side}__artwork__collection" for side in ("low", "high")})
    titles = Collection.objects.filter(pk__in=counts).order_by("title").values_list("pk", "slug", "title")
    return [Choice(slug, title, counts[pk]) for pk, slug, title in titles] if counts else []


def uploaders(pairs: Pairs) -> list[Choice]:
    """Return the accounts that uploaded pictures of these pairs."""
    for side in ("low", "high"):
        sent = UploadedFile.objects.filter(image=OuterRef(side), refusal="").values("upload__uploaded_by")[:1]
        pairs = pairs.annotate(**{f"{side}_uploader": Subquery(sent)})
    counts = counted_sides(pairs, {side: f"{side}_uploader" for side in ("low", "high")})
    accounts = get_user_model().objects.filter(pk__in=counts).order_by("username") if counts else []
    return [Choice(str(each.pk), each.get_full_name() or each.get_username(), counts[each.pk]) for each in accounts]


def counted_sides(pairs: Pairs, paths: Mapping[str, str]) -> Counter[int]:
    """Return the number of pairs of each value that either side has at its path. An empty value is not counted."""
    counts: Counter[int] = Counter()
    for *values, count in pairs.values_list(*paths.values()).annotate(count=Count("pk")):
        for value in {value for value in values if value is not None}:
            counts[value] += count
    return counts


def with_chosen(value: str, name: str, choices: list[Choice]) -> list[Choice]:
    """Return the choices, with the chosen value among them even if no pair has it any more."""
    if not value or any(choice.value == value for choice in choices):
        return choices
    return [*choices, Choice(value, CHOICES.get(name, {}).get(value, value), 0)]
