"""Conditions of neighbour queries, in SQL. Compiling them by Django for each query would take half the query's time."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.sql import Query

from collection import permissions
from collection.models import Artwork
from similarity.models import Embedding

# The tables that a condition may name. The join of each needs those before it.
JOINS = {
    "collection_artworkimage": 'JOIN "collection_artworkimage" ON "collection_artworkimage"."id" = "image_id"',
    "collection_artwork": 'JOIN "collection_artwork" ON "collection_artwork"."id" = "artwork_id"',
    "collection_collection": 'JOIN "collection_collection" ON "collection_collection"."id" = '
    '"collection_artwork"."collection_id"',
}


@dataclass(frozen=True)
class Filter:
    """An SQL condition on an embedding and its picture, work and collection. An empty one admits everything."""

    sql: str = ""
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: "Filter") -> "Filter":
        if not (self.sql and other.sql):
            return self if self.sql else other
        return Filter(f"{self.sql} AND {other.sql}", self.parameters + other.parameters)

    @property
    def joins(self) -> str:
        """Return the joins that the condition needs, and the join of the picture, which every query needs."""
        names = list(JOINS)
        deepest = max((row for row, name in enumerate(names) if f'"{name}".' in self.sql), default=0)
        return " ".join(JOINS[name] for name in names[: deepest + 1])


def visible_to(user: permissions.User) -> Filter:
    """Admit what this user may see, by the rule of `collection.permissions`."""
    return compiled(permissions.visible_pictures(user, "image__")) if user.is_authenticated else visible_to_visitors()


@cache
def visible_to_visitors() -> Filter:
    return compiled(permissions.visible_pictures(AnonymousUser(), "image__"))


def compiled(condition: Q) -> Filter:
    """Return the SQL that Django writes for a condition over Embedding. Raise ValueError if it needs further tables."""
    return condition_of(Embedding.objects.filter(condition).query)


def of_works_in(works: QuerySet[Artwork]) -> Filter:
    """Admit embeddings of these works, by the conditions of the query set. Raise ValueError as `compiled` does."""
    return condition_of(works.query)


def condition_of(query: Query) -> Filter:
    used = {
        name for name in query.alias_map if query.alias_refcount[name]
    }  # Django plans joins that it then leaves out
    unknown = used - {*JOINS, "similarity_embedding"}
    if unknown:
        raise ValueError(f"A filter of neighbours cannot use the table {sorted(unknown)[0]}.")
    try:
        sql, parameters = query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return Filter()
    except EmptyResultSet:
        return Filter("FALSE")
    return Filter(f"({sql})", tuple(parameters))


def in_collection(collection_id: int) -> Filter:
    return Filter('"collection_artwork"."collection_id" = %s', (collection_id,))


def of_images(image_ids: Iterable[int]) -> Filter:
    return Filter('"similarity_embedding"."image_id" = ANY(%s)', (list(image_ids),))


def of_works(work_ids: Iterable[int]) -> Filter:
    return Filter('"collection_artworkimage"."artwork_id" = ANY(%s)', (list(work_ids),))


def without_works(work_ids: Iterable[int]) -> Filter:
    """Leave these works out. Empty for no works."""
    ids = list(work_ids)
    if len(ids) == 1:  # nearly every query; PostgreSQL plans it faster than an array
        return Filter('"collection_artworkimage"."artwork_id" <> %s', tuple(ids))
    return Filter('"collection_artworkimage"."artwork_id" <> ALL(%s)', (ids,)) if ids else Filter()


# Works whose picture is a copy of one of a work's pictures, as decided or, before a decision, as suggested. Works that
# share a placeholder are no copies, unless a person has decided so.
COPIES = """
    SELECT other.artwork_id FROM collection_artworkimage AS own
    JOIN similarity_duplicatepair AS pair ON pair.{own}_id = own.id
    JOIN collection_artworkimage AS other ON other.id = pair.{other}_id
    WHERE own.artwork_id = %s AND (pair.verdict = 'duplicate'
    OR (pair.verdict = 'undecided' AND pair.suggested = 'duplicate' AND NOT pair.stands_for_many))
"""
WITHOUT_COPIES = " UNION ALL ".join(
    COPIES.format(own=own, other=other) for own, other in (("low", "high"), ("high", "low"))
)


def without_copies_of(work_id: int) -> Filter:
    """Leave out works that have a copy of one of this work's pictures. PostgreSQL lists the copies once per query."""
    return Filter(f'"collection_artworkimage"."artwork_id" NOT IN ({WITHOUT_COPIES})', (work_id, work_id))
