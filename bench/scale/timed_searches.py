"""Searches in a large collection: their time, and their recall."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import psycopg
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from numpy.typing import NDArray

from bench import timing
from bench.query import plan_times
from bench.scale.data import Halves, Rows, nearest
from bench.scale.loading import Site
from collection.models import Artwork
from similarity.index import hnsw, store
from similarity.index.query_filters import Filter
from similarity.neighbours import similar_works

K = 10
EFS = (40, 100, 200)
QUERIES = 200
WARM_UP = 30
EXACT_QUERIES = 5  # in PostgreSQL without its index, which takes a second each among a million
BUILD_THREADS = 2

Ids = list[int]


@dataclass
class Result:
    """The answers of one kind of search, and their times."""

    taken_s: list[float] = field(default_factory=list)
    server_ms: list[float] = field(default_factory=list)  # PostgreSQL's own execution time, if it was measured
    found: list[Ids] = field(default_factory=list)

    @property
    def p50_ms(self) -> float:
        return timing.p50_p95_ms(self.taken_s)[0]

    def recall(self, truth: Sequence[Ids]) -> float:
        """Return the share of the right answers that was found."""
        right = sum(len(ids) for ids in truth)
        hits = sum(len(set(a) & set(b)) for a, b in zip(self.found, truth, strict=True))
        return hits / right if right else 1.0

    def is_complete(self, truth: Sequence[Ids]) -> bool:
        """Return whether every answer has K rows, or as many as exist."""
        return all(len(a) >= len(b) for a, b in zip(self.found, truth, strict=True))


def query_rows(count: int, queries: int = QUERIES, seed: int = 3) -> Rows:
    return np.random.default_rng(seed).permutation(count)[:queries].astype(np.int64)


def truth_of(site: Site, count: int, rows: Rows, home: int | None) -> list[Ids]:
    """Return the primary keys of the K nearest among the first `count`, by exact search among the vectors as stored."""
    among = None if home is None else site.homes[:count] == home
    found = nearest(site.grown.vectors[:count], rows, K, among)
    return [[row + 1 for row in each if row >= 0] for each in found.tolist()]


def by_index(site: Site, rows: Rows, home: int | None, efs: Sequence[int] = EFS) -> dict[int, Result]:
    """Search by similarity.index.store as the site does: among visible works, without the query work itself."""
    results = {ef: Result() for ef in efs}
    for row in rows.tolist():
        for ef, result in results.items():
            with searching(ef):
                passed_s, found = timing.timed(search_once, site, row, home, store.nearest_images)
                result.taken_s.append(passed_s)
                result.found.append(found)
    for row in rows[:50].tolist():
        for ef, result in results.items():
            with searching(ef):
                result.server_ms.append(server_ms(site, row, home))
    return results


def by_works(site: Site, rows: Rows) -> Result:
    """Search for works with the site's settings: it fetches more pictures than works, as a work may have several."""
    result = Result()
    for row in rows.tolist():
        passed_s, found = timing.timed(search_once, site, row, None, store.nearest_works)
        result.taken_s.append(passed_s)
        result.found.append(found)
    return result


def search_once(site: Site, row: int, home: int | None, search: Callable[..., list[store.Neighbour]]) -> Ids:
    vector = site.grown.vectors[row].astype(np.float32)
    return [found.work_id for found in search(site.space, vector, K, admitted(site, row, home))]


def admitted(site: Site, row: int, home: int | None) -> Filter:
    among = None if home is None else site.collections[home]
    return similar_works.admitted(AnonymousUser(), collection=among, but=Artwork(pk=row + 1))


@contextmanager
def searching(ef: int) -> Iterator[None]:
    """Set the number of candidates of similarity.index.store for the with-block."""
    before, store.EF_SEARCH = store.EF_SEARCH, ef
    try:
        yield
    finally:
        store.EF_SEARCH = before


def server_ms(site: Site, row: int, home: int | None) -> float:
    """Return PostgreSQL's own execution time of the indexed query, without planning."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL hnsw.ef_search = {store.EF_SEARCH}")
        return plan_times(*indexed(site, row, home))[1]


def indexed(site: Site, row: int, home: int | None) -> store.Statement:
    """Return the query that similarity.index.store sends for a row."""
    vector = site.grown.vectors[row].astype(np.float32)
    return store.nearest_statement(site.space, vector, K, admitted(site, row, home))


def bare(site: Site, rows: Rows, ef: int) -> Result:
    """Search with the least overhead: psycopg, a prepared statement, no filter. Remove the query work afterwards."""
    kind = f"halfvec({site.space.dimensions})"
    order = f"ORDER BY vector::{kind} <=> %s::{kind} LIMIT {K + 1}"
    sql = f"SELECT image_id FROM similarity_embedding WHERE space_id = {site.space.pk} {order}"  # noqa: S608
    result = Result()
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:  # Django's cursor does not prepare statements
        cursor.execute(f"SET hnsw.ef_search = {ef}")
        for row in rows.tolist():
            text = str(site.grown.vectors[row].tolist())
            passed_s, _ = timing.timed(partial(cursor.execute, sql, [text], prepare=True))
            result.taken_s.append(passed_s)
            result.found.append([pk for (pk,) in cursor.fetchall() if pk != row + 1][:K])
        cursor.execute("RESET hnsw.ef_search")
    return result


def by_every_row(site: Site, rows: Rows) -> Result:
    """Search in PostgreSQL without its index."""
    result = Result()
    for row in rows[:EXACT_QUERIES].tolist():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_indexscan = off")
            passed_s, neighbours = timing.timed(store.fetch, indexed(site, row, None))
        result.taken_s.append(passed_s)
        result.found.append([found.work_id for found in neighbours])
    return result


def by_numpy(vectors: NDArray[np.float32], rows: Rows) -> Result:
    """Search (N, D) float32 vectors in memory exactly, one query at a time."""
    result = Result()
    for row in rows.tolist():
        passed_s, found = timing.timed(top, vectors, row)
        result.taken_s.append(passed_s)
        result.found.append(found)
    return result


def top(vectors: NDArray[np.float32], row: int) -> Ids:
    cosines = vectors @ vectors[row]
    cosines[row] = -np.inf
    return [int(each) + 1 for each in np.argpartition(-cosines, K)[:K]]


def by_hnswlib(vectors: Halves, rows: Rows, efs: Sequence[int] = EFS) -> tuple[float, dict[int, Result]]:
    """Return the seconds to build an index with the site's parameters, and the answers of one thread by ef > K."""
    import hnswlib

    graph = hnswlib.Index(space="cosine", dim=vectors.shape[1])
    graph.init_index(len(vectors), ef_construction=hnsw.EF_CONSTRUCTION, M=hnsw.M)
    build_s = timing.seconds(lambda: graph.add_items(vectors, num_threads=BUILD_THREADS))
    graph.set_num_threads(1)
    results = {}
    for ef in efs:
        graph.set_ef(ef)
        results[ef] = Result()
        for row in rows.tolist():
            vector = vectors[row].astype(np.float32)
            passed_s, ((labels,), _) = timing.timed(graph.knn_query, vector, K + 1)
            results[ef].taken_s.append(passed_s)
            results[ef].found.append([int(label) + 1 for label in labels if label != row][:K])
    return build_s, results
