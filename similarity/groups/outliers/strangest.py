"""The strangest works that a person may see, among all works or among those of one kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, FloatField, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from collection import permissions, queries
from collection.browsing import kept_counts
from collection.models import Artwork
from similarity.groups.building import placements, versions
from similarity.groups.graphs.outlier_scores import LEAST_OF_KIND
from similarity.models import Overview, Placement

SHOWN = 60
LEAST_SHOWN = 12  # also where that is more than SHARE
SHARE = 0.1  # of the works are outliers at most
VALUES_SHOWN = 60  # of one field
LEAST_SCORE = 1e-5  # smaller scores are rounding errors between equal vectors
Values = list[tuple[str, str, int]]  # value, label and number of works, the most frequent first
# By the name of the field in addresses and scores: where its value is, and its title.
KINDS = {
    "classification": ("work__classification", _("Classification")),
    "department": ("work__department", _("Department")),
    "collection": ("work__collection__slug", _("Collection")),
}


@dataclass(frozen=True)
class Kind:
    """Works with the same value in a field."""

    field: str
    value: str


@dataclass(frozen=True)
class KindCounts:
    """The values that enough works have, by field.

    works: the number of works that have such a value, of the field in which most works have one.
    """

    works: int
    values: Mapping[str, Values]


@dataclass(frozen=True)
class Outlier:
    """A strange work, and its nearest work that this person may see; among works of the kind if one is chosen."""

    work: Artwork
    nearest: Artwork | None


def find(user: permissions.User, kind: Kind | None = None, count: int = SHOWN) -> list[Outlier] | None:
    """Return the strangest works, the strangest first. Return None if there is no overview yet."""
    live = versions.live()
    if live is None:
        return None
    rows = placed(live, user)
    ranked = of_kind(rows, kind)
    chosen = list(ranked[: min(count, max(LEAST_SHOWN, int(SHARE * ranked[: round(SHOWN / SHARE)].count())))])
    nearest = nearest_visible(rows, chosen, kind)
    found = {work.pk: work for work in queries.in_order(user, [row.work_id for row in chosen] + [*nearest.values()])}
    return [
        Outlier(found[row.work_id], found.get(nearest.get(row.work_id, 0))) for row in chosen if row.work_id in found
    ]


def placed(overview: Overview, user: permissions.User) -> QuerySet[Placement]:
    """Return the rows of the works that this user may see."""
    return Placement.objects.filter(permissions.visible(user, "work__"), overview=overview)


def of_kind(rows: QuerySet[Placement], kind: Kind | None) -> QuerySet[Placement]:
    """Return the rows of works of a kind, the strangest first. Works that joined have no score in a kind yet."""
    if kind is None:
        return rows.filter(outlier_score__gt=LEAST_SCORE).order_by("-outlier_score", "work_id")
    path, _ = KINDS[kind.field]
    score = Cast(KT(f"kind_scores__{kind.field}__0"), FloatField())
    of_value = rows.filter(**{path: kind.value, "kind_scores__has_key": kind.field})
    return of_value.annotate(score=score).filter(score__gt=LEAST_SCORE).order_by("-score", "work_id")


def nearest_visible(rows: QuerySet[Placement], chosen: Sequence[Placement], kind: Kind | None) -> dict[int, int]:
    """Return by work the nearest of its neighbours that has one of these rows, and the same kind if one is chosen."""
    candidates = {row.work_id: near_ids(row, kind) for row in chosen}
    among = rows.filter(**{KINDS[kind.field][0]: kind.value}) if kind else rows
    ids = {pk for near in candidates.values() for pk in near}
    visible = set(among.filter(work__in=ids).values_list("work", flat=True))
    firsts = {work: next((pk for pk in near if pk in visible), None) for work, near in candidates.items()}
    return {work: pk for work, pk in firsts.items() if pk is not None}


def near_ids(row: Placement, kind: Kind | None) -> list[int]:
    """Return the neighbours of a work, the nearest first. For a kind, add the nearest work of that kind."""
    near: list[int] = placements.unpack_ids(bytes(row.neighbours)).tolist()
    return near if kind is None else [*near, row.kind_scores[kind.field][1]]


def kinds_of(user: permissions.User) -> Mapping[str, Values]:
    """Return by field the values that enough works have. Processes cache what the public sees until works change."""
    live = versions.live()
    if live is None:
        return {}
    rows = placed(live, user)
    if user.is_authenticated:
        return count_kinds(rows).values
    return kept_counts.kept(f"kinds {live.pk} {live.joined}", lambda _: count_kinds(rows), kept_counts.REUSED_S).values


def count_kinds(rows: QuerySet[Placement]) -> KindCounts:
    values = {field: values_of(rows, field) for field in KINDS}
    return KindCounts(max(sum(count for _, _, count in found) for found in values.values()), values)


def values_of(rows: QuerySet[Placement], field: str) -> Values:
    path, _ = KINDS[field]
    label = "work__collection__title" if field == "collection" else path
    counted = (
        rows.filter(kind_scores__has_key=field).order_by().values_list(F(path), F(label)).annotate(count=Count("pk"))
    )
    found = counted.filter(count__gte=LEAST_OF_KIND).order_by("-count", path)[:VALUES_SHOWN]
    return [(value, shown, count) for value, shown, count in found if value]
