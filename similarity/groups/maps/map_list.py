"""The works of the map as a list: by group, then row by row; or by distance from a place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Case, Count, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Floor

from collection import permissions, queries
from collection.browsing import filters as filtering
from collection.browsing import kept_counts
from collection.models import Artwork
from similarity.groups.maps import placed
from similarity.groups.maps.group_labels import Label
from similarity.groups.maps.map_address import MapAddress
from similarity.groups.maps.pins import Pin
from similarity.models import Overview, Placement

PAGE_SIZE = 48
BANDS = 40  # rows of the map that the list goes through


@dataclass(frozen=True)
class Section:
    """Works that follow each other in the list, with their group if the list is by group."""

    group: Label | None
    works: list[Artwork]


@dataclass(frozen=True)
class Sizes:
    """The number of works of a list: of all, and by primary key of the group."""

    works: int
    by_group: Mapping[int | None, int]


@dataclass(frozen=True)
class Page:
    sections: list[Section]
    total: int  # works of the list
    number: int
    last: int
    by_place: bool  # sorted by distance from a place


def listed(overview: Overview, address: MapAddress, user: permissions.User) -> QuerySet[Placement]:
    """Return the rows of the works that the address asks for."""
    rows = placed.visible(overview, user)
    if address.works:
        rows = rows.filter(work__in=address.works)
    if address.group:
        groups = rows.filter(group__number=address.group) | rows.filter(subgroup__number=address.group)
        rows = groups.filter(overview=overview)
    if address.filters:
        rows = rows.filter(work__in=filtering.apply(permissions.visible_works(user), address.filters).values("pk"))
    return rows


def count(rows: QuerySet[Placement], overview: Overview, address: MapAddress, user: permissions.User) -> Sizes:
    """Return the number of works by group. Processes cache that of the list of all public works."""
    if user.is_authenticated or address.works or address.group or address.filters:
        return count_now(rows)
    name = f"map list {overview.pk} {overview.joined}"
    return kept_counts.kept(name, lambda _: count_now(rows), kept_counts.REUSED_S)


def count_now(rows: QuerySet[Placement]) -> Sizes:
    counted = dict(rows.order_by().values_list("group").annotate(Count("pk")))
    return Sizes(sum(counted.values()), counted)


def page(
    rows: QuerySet[Placement],
    sizes: Sizes,
    number: int,
    labels: Sequence[Label],
    pin: Pin | None,
    user: permissions.User,
) -> Page:
    """Return one page of the list. A number beyond the last page gives the last one."""
    last = max(-(-sizes.works // PAGE_SIZE), 1)
    number = min(number, last)
    start = (number - 1) * PAGE_SIZE
    of_pk = {label.pk: label for label in labels}
    if pin is None:
        rows, skipped = of_groups_within(rows, sizes, of_pk, range(start, start + PAGE_SIZE))
        start -= skipped
    found = list(ordered(rows, pin, of_pk).values_list("work", "group")[start : start + PAGE_SIZE])
    works = {work.pk: work for work in queries.in_order(user, [work_id for work_id, _ in found])}
    sections = [
        Section(group, [works[work_id] for work_id, _ in part if work_id in works])
        for group, part in groupby(found, key=lambda row: None if pin else of_pk.get(row[1] or 0))
    ]
    return Page([one for one in sections if one.works], sizes.works, number, last, by_place=pin is not None)


def of_groups_within(
    rows: QuerySet[Placement], sizes: Sizes, shown: Mapping[int, Label], places: range
) -> tuple[QuerySet[Placement], int]:
    """Return the rows of the groups that these places of the list are in, and how many works come before them.

    So PostgreSQL sorts a few groups, not the whole map.
    """
    end, before, touched = 0, 0, []
    for label in sorted(shown.values(), key=lambda label: label.number):
        size = sizes.by_group.get(label.pk, 0)
        end += size
        if end <= places.start:
            before = end
        elif end - size < places.stop:
            touched.append(label.pk)
    within = Q(group__in=touched)
    if places.stop > end:  # works of other groups come last
        within |= ~Q(group__in=shown) | Q(group__isnull=True)
    return rows.filter(within), before


def ordered(rows: QuerySet[Placement], pin: Pin | None, shown: Collection[int]) -> QuerySet[Placement]:
    """Return the rows in the order of the list. `shown`: ids of groups; works of all others come together, last."""
    if pin is None:
        band = Floor(F("y") * Value(BANDS, output_field=FloatField()))
        is_shown = When(group__in=[0, *shown], then=F("group__number"))  # no group has the id 0
        number = Case(is_shown, output_field=IntegerField())
        return rows.annotate(band=band, number=number).order_by(
            F("number").asc(nulls_last=True), "band", "x", "work_id"
        )
    away = (F("x") - pin.x) * (F("x") - pin.x) + (F("y") - pin.y) * (F("y") - pin.y)
    return rows.annotate(away=away).order_by("away", "work_id")
