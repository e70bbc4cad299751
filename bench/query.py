"""The similar-works query among many vectors: time and recall, beside hnswlib and exact search in the same run."""

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
Search = Callable[[int], Answer]  # from the row of the work that is asked about


@dataclass(frozen=True)
class Truths:
    """The right answers by exact search: among the vectors as stored, 16 bits a number, and as computed, 32 bits."""

    stored: Sequence[Answer]
    computed: Sequence[Answer]


def run(gallery: Gallery) -> list[Row]:
    held = synthetic.gather(gallery)
    rng = np.random.default_rng(3)
    asked = rng.choice(len(held.work_ids), QUERIES_QUICK if gallery.is_quick else QUERIES, replace=False).tolist()
    works = Artwork.objects.in_bulk(held.work_ids[asked].tolist())
    database = timing.Clock()
    searches: dict[str, Search] = {
        EXACT: partial(exact, held.vectors, held.work_ids),
        "hnswlib": partial(by_hnswlib, held, hnswlib_index(held)),
        "nearest_works": partial(by_index, held, works),
        "similar_works.similar": partial(by_similar_works, held, works, database),
    }
    taken, answers = ask_all(searches, asked)
    size = f"{held.total:,} vectors"
    stored = held.vectors.astype(np.float16).astype(np.float32)
    truths = Truths([exact(stored, held.work_ids, row) for row in asked], answers[EXACT])
    rows = [
        Row("query", "filling, index built afterwards", f"{held.load_s:.0f} s + {held.build_s:.0f} s, {size}"),
        *(result(name, taken[name], answers[name], truths) for name in searches),
        breakdown(database, taken["similar_works.similar"]),
        planner(held, works, asked),
    ]
    ratio = float(np.median(np.array(taken["similar_works.similar"]) / np.array(taken[EXACT])))
    return [*rows, Row("query", "similar_works.similar : exact numpy, time", f"{ratio:.2f}", numbers={"ratio": ratio})]


def ask_all(searches: dict[str, Search], asked: Sequence[int]) -> tuple[Times, Answers]:
    """Seconds and answers by search. Each question goes to all of them in turn, after some to warm up."""
    taken: Times = {name: [] for name in searches}
    answers: Answers = {name: [] for name in searches}
    for number, row in enumerate([*asked[:WARM_UP], *asked]):
        for name, search in searches.items():
            passed_s, found = timing.timed(search, row)
            if number >= WARM_UP:
                taken[name].append(passed_s)
                answers[name].append(found)
    return taken, answers


def exact(vectors: synthetic.Vectors, work_ids: NDArray[np.int64], row: int) -> Answer:
    likeness = vectors @ vectors[row]
    likeness[row] = -np.inf
    return set(work_ids[np.argpartition(-likeness, K)[:K]].tolist())


def hnswlib_index(held: synthetic.Crowd) -> object:
    """Of the visible works alone, as it knows no filters; links and candidates as in similarity.index.store."""
    import hnswlib

    graph = hnswlib.Index(space="cosine", dim=held.vectors.shape[1])
    graph.init_index(len(held.vectors), ef_construction=hnsw.EF_CONSTRUCTION, M=hnsw.M)
    graph.add_items(held.vectors, held.work_ids)
    graph.set_ef(store.EF_SEARCH)
    graph.set_num_threads(1)
    return graph


def by_hnswlib(held: synthetic.Crowd, graph: object, row: int) -> Answer:
    ((labels,), _) = graph.knn_query(held.vectors[row], K + 1)  # type: ignore[attr-defined]
    return set([label for label in labels.tolist() if label != held.work_ids[row]][:K])


def by_index(held: synthetic.Crowd, works: dict[int, Artwork], row: int) -> Answer:
    work = works[int(held.work_ids[row])]
    among = similar_works.admitted(AnonymousUser(), but=work)
    return {found.work_id for found in store.nearest_works(held.space, held.vectors[row], K, among)}


def by_similar_works(held: synthetic.Crowd, works: dict[int, Artwork], database: timing.Clock, row: int) -> Answer:
    """What the similar page does: the work's vector fetched, neighbours found, works and pictures fetched."""

    def timed(execute: Callable[..., object], *call: object) -> object:
        return database.around(execute)(*call)

    with connection.execute_wrapper(timed):
        found = similar_works.similar(works[int(held.work_ids[row])], AnonymousUser(), K)
    return {each.work.pk for each in found or []}


def result(name: str, taken: Sequence[float], found: Sequence[Answer], truths: Truths) -> Row:
    p50, p95 = timing.p50_p95_ms(taken)
    recall, unrounded = (recall_of(found, truth) for truth in (truths.stored, truths.computed))
    is_ours = name in OURS
    told = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, recall@{K} "
    return Row(
        "query", name,
        told + (f"{recall:.4f} (before rounding {unrounded:.4f})" if is_ours else f"{unrounded:.4f}"),
        f"recall >= {RECALL_GOAL}" if is_ours else "", recall >= RECALL_GOAL if is_ours else None,
        {"p50_ms": p50, "p95_ms": p95, "recall_of_stored": recall, "recall_of_computed": unrounded},
    )  # fmt: skip


def recall_of(found: Sequence[Answer], truth: Sequence[Answer]) -> float:
    return sum(len(a & b) for a, b in zip(found, truth, strict=True)) / (K * len(truth))


def breakdown(database: timing.Clock, taken: Sequence[float]) -> Row:
    """Mean per query: waiting for the database (with psycopg's part), and Django's own work."""
    queries = len(taken) + WARM_UP  # the clock also ran while warming up
    database_ms, all_ms = 1000 * database.total_s / queries, 1000 * float(np.mean(taken))
    rest_ms = all_ms - database_ms
    told = f"database {database_ms:.1f} ms, Django {rest_ms:.1f} ms"
    return Row("query", "similar_works.similar, mean", told, numbers={"database_ms": database_ms, "django_ms": rest_ms})


def planner(held: synthetic.Crowd, works: dict[int, Artwork], asked: Sequence[int]) -> Row:
    """What PostgreSQL itself says of the neighbour query: medians of its planning and execution times."""
    times: list[tuple[float, float]] = []
    for row in asked[:50]:
        work = works[int(held.work_ids[row])]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL hnsw.ef_search = {store.EF_SEARCH}")
            among = similar_works.admitted(AnonymousUser(), but=work)
            limit = K * store.VIEWS_PER_WORK
            times.append(plan_times(*store.nearest_statement(held.space, held.vectors[row], limit, among)))
    planning, execution = np.median(np.array(times), axis=0).tolist()
    told = f"planning {planning:.1f} ms, execution {execution:.1f} ms"
    return Row("query", "in PostgreSQL", told, numbers={"planning_ms": planning, "execution_ms": execution})


def plan_times(sql: str, parameters: Sequence[Any]) -> tuple[float, float]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", parameters)
        ((plan,),) = cursor.fetchone()
    return plan["Planning Time"], plan["Execution Time"]
