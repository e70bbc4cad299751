"""Measure time and recall of the similar-works query among many vectors, and of hnswlib and exact search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from numpy.typing import NDArray

from bench import synthetic, timing
from bench.gallery import Gallery
from bench.result_rows import Row
from collection.models import Artwork
from similarity.index import hnsw, store
from similarity.neighbours import similar_works

K = 10
QUERIES = 500
QUERIES_QUICK = 40
WARM_UP = 20
RECALL_GOAL = 0.99

Answer = set[int]  # primary keys of works
EXACT = "exact numpy"
OURS = ("nearest_works", "similar_works.similar")

Times = dict[str, list[float]]
Answers = dict[str, list[Answer]]
Search = Callable[[int], Answer]  # takes the row of the query work


@dataclass(frozen=True)
class Truths:
    """The right answers, by exact search among the vectors as stored (16 bits a number) and as computed (32 bits)."""

    stored: Sequence[Answer]
    computed: Sequence[Answer]


def run(gallery: Gallery) -> list[Row]:
    data = synthetic.fill(gallery)
    rng = np.random.default_rng(3)
    query_rows = rng.choice(len(data.work_ids), QUERIES_QUICK if gallery.is_quick else QUERIES, replace=False).tolist()
    works = Artwork.objects.in_bulk(data.work_ids[query_rows].tolist())
    database = timing.Clock()
    searches: dict[str, Search] = {
        EXACT: partial(exact, data.vectors, data.work_ids),
        "hnswlib": partial(by_hnswlib, data, hnswlib_index(data)),
        "nearest_works": partial(by_index, data, works),
        "similar_works.similar": partial(by_similar_works, data, works, database),
    }
    taken, answers = search_all(searches, query_rows)
    size = f"{data.total:,} vectors"
    stored = data.vectors.astype(np.float16).astype(np.float32)
    truths = Truths([exact(stored, data.work_ids, row) for row in query_rows], answers[EXACT])
    rows = [
        Row("query", "filling, index built afterwards", f"{data.load_s:.0f} s + {data.build_s:.0f} s, {size}"),
        *(result(name, taken[name], answers[name], truths) for name in searches),
        breakdown(database, taken["similar_works.similar"]),
        planner(data, works, query_rows),
    ]
    ratio = float(np.median(np.array(taken["similar_works.similar"]) / np.array(taken[EXACT])))
    return [*rows, Row("query", "similar_works.similar : exact numpy, time", f"{ratio:.2f}", numbers={"ratio": ratio})]


def search_all(searches: dict[str, Search], query_rows: Sequence[int]) -> tuple[Times, Answers]:
    """Return seconds and answers by search. Each query goes to all searches in turn, after WARM_UP queries."""
    taken: Times = {name: [] for name in searches}
    answers: Answers = {name: [] for name in searches}
    for number, row in enumerate([*query_rows[:WARM_UP], *query_rows]):
        for name, search in searches.items():
            passed_s, found = timing.timed(search, row)
            if number >= WARM_UP:
                taken[name].append(passed_s)
                answers[name].append(found)
    return taken, answers


def exact(vectors: synthetic.Vectors, work_ids: NDArray[np.int64], row: int) -> Answer:
    """Return the works of the K nearest of (N, D) unit vectors to one of them, by cosine."""
    cosines = vectors @ vectors[row]
    cosines[row] = -np.inf
    return set(work_ids[np.argpartition(-cosines, K)[:K]].tolist())


def hnswlib_index(data: synthetic.SyntheticGallery) -> object:
    """Return an index of the visible works alone, because hnswlib has no filters, with the site's parameters."""
    import hnswlib

    graph = hnswlib.Index(space="cosine", dim=data.vectors.shape[1])
    graph.init_index(len(data.vectors), ef_construction=hnsw.EF_CONSTRUCTION, M=hnsw.M)
    graph.add_items(data.vectors, data.work_ids)
    graph.set_ef(store.EF_SEARCH)
    graph.set_num_threads(1)
    return graph


def by_hnswlib(data: synthetic.SyntheticGallery, graph: object, row: int) -> Answer:
    ((labels,), _) = graph.knn_query(data.vectors[row], K + 1)  # type: ignore[attr-defined]
    return set([label for label in labels.tolist() if label != data.work_ids[row]][:K])


def by_index(data: synthetic.SyntheticGallery, works: dict[int, Artwork], row: int) -> Answer:
    work = works[int(data.work_ids[row])]
    among = similar_works.admitted(AnonymousUser(), but=work)
    return {found.work_id for found in store.nearest_works(data.space, data.vectors[row], K, among)}


def by_similar_works(
    data: synthetic.SyntheticGallery, works: dict[int, Artwork], database: timing.Clock, row: int
) -> Answer:
    """Search as the page of similar works does: fetch the work's vector, find neighbours, fetch works and pictures."""

    def timed(execute: Callable[..., object], *call: object) -> object:
        return database.around(execute)(*call)

    with connection.execute_wrapper(timed):
        found = similar_works.similar(works[int(data.work_ids[row])], AnonymousUser(), K)
    return {each.work.pk for each in found or []}


def result(name: str, taken: Sequence[float], found: Sequence[Answer], truths: Truths) -> Row:
    p50, p95 = timing.p50_p95_ms(taken)
    recall, unrounded = (recall_of(found, truth) for truth in (truths.stored, truths.computed))
    is_ours = name in OURS
    text = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, recall@{K} "
    return Row(
        "query", name,
        text + (f"{recall:.4f} (before rounding {unrounded:.4f})" if is_ours else f"{unrounded:.4f}"),
        f"recall >= {RECALL_GOAL}" if is_ours else "", recall >= RECALL_GOAL if is_ours else None,
        {"p50_ms": p50, "p95_ms": p95, "recall_of_stored": recall, "recall_of_computed": unrounded},
    )  # fmt: skip


def recall_of(found: Sequence[Answer], truth: Sequence[Answer]) -> float:
    return sum(len(a & b) for a, b in zip(found, truth, strict=True)) / (K * len(truth))


def breakdown(database: timing.Clock, taken: Sequence[float]) -> Row:
    """Return the mean time of a query in the database (including psycopg), and in Django."""
    queries = len(taken) + WARM_UP  # the clock also ran during the warm-up
    database_ms, all_ms = 1000 * database.total_s / queries, 1000 * float(np.mean(taken))
    rest_ms = all_ms - database_ms
    text = f"database {database_ms:.1f} ms, Django {rest_ms:.1f} ms"
    return Row("query", "similar_works.similar, mean", text, numbers={"database_ms": database_ms, "django_ms": rest_ms})


def planner(data: synthetic.SyntheticGallery, works: dict[int, Artwork], query_rows: Sequence[int]) -> Row:
    """Return the median planning and execution times of the neighbour query, as PostgreSQL reports them."""
    times: list[tuple[float, float]] = []
    for row in query_rows[:50]:
        work = works[int(data.work_ids[row])]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL hnsw.ef_search = {store.EF_SEARCH}")
            among = similar_works.admitted(AnonymousUser(), but=work)
            limit = K * store.VIEWS_PER_WORK
            times.append(plan_times(*store.nearest_statement(data.space, data.vectors[row], limit, among)))
    planning, execution = np.median(np.array(times), axis=0).tolist()
    text = f"planning {planning:.1f} ms, execution {execution:.1f} ms"
    return Row("query", "in PostgreSQL", text, numbers={"planning_ms": planning, "execution_ms": execution})


def plan_times(sql: str, parameters: Sequence[Any]) -> tuple[float, float]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", parameters)
        ((plan,),) = cursor.fetchone()
    return plan["Planning Time"], plan["Execution Time"]
