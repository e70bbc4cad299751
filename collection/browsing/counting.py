"""Count works by the values of facets, in one query.

The query reads the matching works once, and groups them by each facet at the same time. For each facet with a choice it
reads works once more, because the choices of a facet do not narrow the counts of this facet. If a choice is the only
filter, the counts of its facet are those of all works, and the caller can pass them as `known`. The query reads at most
MATCHES_LIMIT works, or LARGE_LIMIT in a large catalogue, where matching works are far apart on the disk. If more works
match, the counts are those of the works that were read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from collection.browsing import centuries
from collection.browsing import filters as filtering
from collection.browsing.facet_table import BY_NAME, FACETS, FacetField, FacetName
from collection.browsing.filters import Filters
from collection.models import Artwork

MATCHES_LIMIT = 30_000
LARGE = 200_000  # works
LARGE_LIMIT = 5_000  # takes about 60 ms among a million works
SIZE_KEPT_S = 600
FACET_LIMIT = 20  # most values of one facet
VALUES_LIMIT = 2_000  # most values of a facet whose values or labels are made in Python

TOTALS = "SELECT '', y_first::text, y_last::text, n FROM found WHERE which = {which}"
# The number of works, at most limit + 1, that match without the choice of this facet.
READ = "SELECT '{facet}', '', '', n FROM {table} WHERE which = 1"

Params = list[Any]
Query = tuple[str, Params]
ValueRow = tuple[str, str, int]  # value, label, number of works
Row = tuple[FacetName, str, str, int]  # facet, value, label, number of works


@dataclass
class Counts:
    works: int = 0  # number of works that match; an estimate if is_capped
    is_capped: bool = False  # True if more works match than were read for the facets
    read: int = 0  # number of works that were read for the facets
    earliest_year: int | None = None
    latest_year: int | None = None
    values: dict[FacetName, list[ValueRow]] = field(default_factory=dict)
    sampled: set[FacetName] = field(default_factory=set)  # facets for which more works match than were read


@dataclass
class Totals:
    """The counts of all works of a site, however many there are."""

    works: int
    by_collection: dict[int, int]  # number of works by the id of their collection
    by_century: Counts


def count(
    works: QuerySet[Artwork],
    filters: Filters,
    finds: Mapping[FacetName, str],
    only: FacetName = "",
    known: Mapping[FacetName, list[ValueRow]] | None = None,
) -> Counts:
    """Count works. If `finds` has a text for a facet, only its values with this text in their label are returned.

    only: the facet whose values are counted, or "" for all facets. known: facets that need not be counted, with their
    values. Counting takes one query. A second query estimates the number of works if more match than are read. A third
    query reads the size of the catalogue, once in SIZE_KEPT_S.
    """
    limit = most_read()
    wanted = [BY_NAME[only]] if only else FACETS
    free = [facet for facet in wanted if not filters.values(facet.name)]
    narrowed = [facet for facet in wanted if facet not in free and facet.name not in (known or {})]
    tables = {"found": grouped(works, filters, free, limit)}
    parts: list[Query] = [(TOTALS.format(which=2 ** len(free) - 1), [])]
    parts += [frequent(facet, "found", mask(free, facet), finds.get(facet.name, "")) for facet in free]
    for facet in narrowed:
        table = f"found_{facet.name}"
        tables[table] = grouped(works, filters.without(facet.name), [facet], limit)
        parts += [(READ.format(facet=facet.name, table=table), [])]
        parts += [frequent(facet, table, 0, finds.get(facet.name, ""))]
        parts += chosen(facet, table, filters.values(facet.name))
    commons = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, (sql, _) in tables.items())
    sql = f"WITH {commons} {' UNION ALL '.join(f'({sql})' for sql, _ in parts)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _, own in (*tables.values(), *parts) for param in own])
        counts = gathered(cursor.fetchall(), finds, limit)
    counts.values.update(known or {})
    if counts.is_capped:
        counts.works = max(estimate(works, filters), counts.read)
    return counts


def most_read() -> int:
    """Return the most works that one count reads."""
    is_large = caches["process"].get_or_set("catalogue_is_large", catalogue_is_large, SIZE_KEPT_S)
    return LARGE_LIMIT if is_large else MATCHES_LIMIT


def catalogue_is_large() -> bool:
    """Return whether the table has more than LARGE works, by the planner's estimate."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples > %s FROM pg_class WHERE oid = 'collection_artwork'::regclass", [LARGE])
        (is_large,) = cursor.fetchone()
    return bool(is_large)


def totals(works: QuerySet[Artwork]) -> Totals:
    """Count all works by collection and by century. One query."""
    by_collection: Counter[int] = Counter()
    spans: Counter[int | None] = Counter()
    groups = works.order_by().values_list("collection_id", centuries.span()).annotate(Count("pk"))
    for collection, span, number in groups:
        by_collection[collection] += number
        spans[span] += number
    rows = {str(span): ("", number) for span, number in spans.items() if span is not None}
    by_century = Counts(works=spans.total(), values={"century": labelled(BY_NAME["century"], rows, "")})
    return Totals(spans.total(), by_collection, by_century)


def grouped(works: QuerySet[Artwork], filters: Filters, by: Sequence[FacetField], limit: int) -> Query:
    """Return the query that counts up to `limit` + 1 works by each of these facets, and all of these works.

    Its column `which` has a bit for each facet that a row is not grouped by. The first facet has the highest bit.
    """
    years = {"y_start": Coalesce("year_start", "year_end"), "y_end": Coalesce("year_end", "year_start")}
    columns = {f"v_{facet.name}": facet.value for facet in by}
    matches = filtering.apply(works, filters).order_by().values("pk", **columns, **years)[: limit + 1]
    inner, params = matches.query.sql_with_params()
    names = [f'"v_{facet.name}"' for facet in by]
    which = f"GROUPING({', '.join(names)})" if names else "0"
    sets = ", ".join(f"({name})" for name in [*names, ""])
    sql = (
        f"SELECT {', '.join([*names, which])} AS which, count(*) AS n, min(y_start) AS y_first, max(y_end) AS y_last "  # noqa: S608
        f"FROM ({inner}) AS matches GROUP BY GROUPING SETS ({sets})"
    )
    return sql, list(params)


def mask(by: Sequence[FacetField], facet: FacetField) -> int:
    """Return the value of `which` in the rows that are grouped by this facet."""
    return 2 ** len(by) - 1 - 2 ** (len(by) - 1 - by.index(facet))


def values_of(facet: FacetField, table: str, which: int) -> str:
    """Return a query for a facet's values, their labels and their numbers of works. The FROM clause is named `row`."""
    value = f'unnest("v_{facet.name}")' if facet.is_list else f'"v_{facet.name}"'
    rows = f"SELECT {value} AS value, n FROM {table} WHERE which = {which}"  # noqa: S608 - names from the table of facets
    label = facet.label_sql or "row.value::text"
    return f"SELECT '{facet.name}', row.value::text, {label}, sum(n)::bigint FROM ({rows}) AS row"  # noqa: S608


def frequent(facet: FacetField, table: str, which: int, find: str) -> Query:
    is_made_here = facet.label is not None or facet.stands_for is not None
    limit = VALUES_LIMIT if is_made_here else FACET_LIMIT + 1
    condition = "row.value IS NOT NULL AND row.value::text <> ''"
    params: Params = []
    if find and not is_made_here:
        condition += f" AND {facet.label_sql or 'row.value::text'} ILIKE %s"
        params = [f"%{connection.ops.prep_for_like_query(find)}%"]
    return (
        f"{values_of(facet, table, which)} WHERE {condition} GROUP BY row.value ORDER BY 4 DESC, 2 LIMIT {limit}",
        params,
    )


def chosen(facet: FacetField, table: str, values: Sequence[str]) -> list[Query]:
    """Return the query for chosen values that may not be among the most frequent. Facets made in Python need none."""
    if facet.label is not None or facet.stands_for is not None:
        return []
    return [(f"{values_of(facet, table, 0)} WHERE row.value::text = ANY(%s) GROUP BY row.value", [list(values)])]


def estimate(works: QuerySet[Artwork], filters: Filters) -> int:
    """Return the number of matching works as PostgreSQL's planner estimates it, rounded to two digits."""
    sql, params = filtering.apply(works, filters).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (plans,) = cursor.fetchone()
    rows = int(plans[0]["Plan"]["Plan Rows"])
    return int(float(f"{rows:.1e}"))


def gathered(rows: Iterable[Row], finds: Mapping[FacetName, str], limit: int) -> Counts:
    """Sort the rows of the query. Those of READ have no value, and that of TOTALS has no facet."""
    counts = Counts()
    by_facet: dict[FacetName, dict[str, tuple[str, int]]] = {facet.name: {} for facet in FACETS}
    for name, value, label, number in rows:
        if name and value:
            by_facet[name][value] = (label, number)
        elif name:
            counts.sampled |= {name} if number > limit else set()
        else:
            counts.works = counts.read = min(number, limit)
            counts.is_capped = number > limit
            counts.earliest_year, counts.latest_year = (None if year is None else int(year) for year in (value, label))
    for facet in FACETS:
        counts.values[facet.name] = labelled(facet, by_facet[facet.name], finds.get(facet.name, ""))
    return counts


def labelled(facet: FacetField, found: Mapping[str, tuple[str, int]], find: str) -> list[ValueRow]:
    """Return rows (value, label, number of works) with the values and labels that are made in Python."""
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
