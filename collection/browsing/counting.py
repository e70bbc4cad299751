"""Count works by the values of all facets, in one query.

The works that match are read once for all facets without a choice, and once more for each facet with one: its own
choices do not narrow it. More than MATCHES_LIMIT works are not read: the counts are then those of the newest ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from collection.browsing import filters as filtering
from collection.browsing.facet_table import FACETS, FacetField, FacetName
from collection.browsing.filters import Filters
from collection.models import Artwork

MATCHES_LIMIT = 50_000
FACET_LIMIT = 20  # values of one facet
VALUES_LIMIT = 1_000  # of a facet whose values or labels are made in Python

Params = list[Any]


@dataclass
class Counts:
    works: int = 0
    is_capped: bool = False  # whether more works match than were counted
    earliest_year: int | None = None
    latest_year: int | None = None
    values: dict[FacetName, list[tuple[str, str, int]]] = field(default_factory=dict)  # value, label, number of works


def count(works: QuerySet[Artwork], filters: Filters, finds: Mapping[FacetName, str]) -> Counts:
    """Count works. If `finds` has a text for a facet, only its values with this text in their label are returned."""
    tables: dict[str, tuple[str, Params]] = {"found": matches(works, filters)}
    parts: list[tuple[str, Params]] = [totals()]
    for facet in FACETS:
        table = "found"
        if filters.values(facet.name):
            table = f"found_{facet.name}"
            tables[table] = matches(works, filters.without(facet.name))
        parts += values_of(facet, table, filters, finds.get(facet.name, ""))
    commons = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, (sql, _) in tables.items())
    sql = f"WITH {commons} {' UNION ALL '.join(f'({sql})' for sql, _ in parts)}"
    params = [param for _, own in (*tables.values(), *parts) for param in own]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return gathered(cursor.fetchall(), finds)


def matches(works: QuerySet[Artwork], filters: Filters) -> tuple[str, Params]:
    """Return the query of the works that match: their years and the columns of all facets."""
    columns = {f"v_{facet.name}": facet.value for facet in FACETS}
    labels = {f"l_{facet.name}": facet.label_column for facet in FACETS if facet.label_column is not None}
    years = {"y_first": Coalesce("year_start", "year_end"), "y_last": Coalesce("year_end", "year_start")}
    found = filtering.apply(works, filters).order_by("-pk").values(**columns, **labels, **years)
    sql, params = found[: MATCHES_LIMIT + 1].query.sql_with_params()
    return sql, list(params)


def totals() -> tuple[str, Params]:
    return "SELECT '', min(y_first)::text, max(y_last)::text, count(*) FROM found", []


def values_of(facet: FacetField, table: str, filters: Filters, find: str) -> list[tuple[str, Params]]:
    """Return the queries of the most frequent values, and of those that are chosen: they may not be frequent."""
    value = f'unnest("v_{facet.name}")' if facet.is_list else f'"v_{facet.name}"'
    label = f'"l_{facet.name}"' if facet.label_column is not None else "NULL::text"
    rows = f"SELECT {value} AS value, {label} AS label FROM {table}"  # noqa: S608 - names from the table of facets
    grouped = f"SELECT '{facet.name}', value::text, max(label), count(*) FROM ({rows}) AS row"  # noqa: S608
    is_made_here = facet.label is not None or facet.stands_for is not None
    limit = VALUES_LIMIT if is_made_here else FACET_LIMIT + 1
    condition = "value IS NOT NULL AND value::text <> ''"
    params: Params = []
    if find and not is_made_here:
        condition += " AND coalesce(label, value::text) ILIKE %s"
        params = [f"%{connection.ops.prep_for_like_query(find)}%"]
    frequent = f"{grouped} WHERE {condition} GROUP BY value ORDER BY 4 DESC, 2 LIMIT {limit}", params
    chosen = filters.values(facet.name)
    if not chosen or is_made_here:
        return [frequent]
    return [frequent, (f"{grouped} WHERE value::text = ANY(%s) GROUP BY value", [list(chosen)])]


def gathered(rows: list[tuple[str, str, str, int]], finds: Mapping[FacetName, str]) -> Counts:
    counts = Counts()
    by_facet: dict[FacetName, dict[str, tuple[str, int]]] = {facet.name: {} for facet in FACETS}
    for name, value, label, number in rows:
        if name:
            by_facet[name][value] = (label or value, number)
            continue
        counts.works, counts.is_capped = min(number, MATCHES_LIMIT), number > MATCHES_LIMIT
        counts.earliest_year, counts.latest_year = (None if year is None else int(year) for year in (value, label))
    for facet in FACETS:
        counts.values[facet.name] = labelled(facet, by_facet[facet.name], finds.get(facet.name, ""))
    return counts


def labelled(facet: FacetField, found: Mapping[str, tuple[str, int]], find: str) -> list[tuple[str, str, int]]:
    """Return rows (value, label, number of works), with what the database does not know."""
    if facet.stands_for is not None:
        parts: dict[str, tuple[str, int]] = {}
        for value, (_, number) in found.items():
            for part in facet.stands_for(value):
                parts[part] = part, parts.get(part, ("", 0))[1] + number
        found = parts
    if facet.label is None:
        return [(value, label, number) for value, (label, number) in found.items()]
    rows = [(value, facet.label(value), number) for value, (_, number) in found.items()]
    return [row for row in rows if find.lower() in row[1].lower()]
