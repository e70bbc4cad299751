"""Measure one size: fill the collection up to it, build the index, and run the same queries by every kind of search."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from django.db import connection

from bench import timing
from bench.result_rows import Row
from bench.scale import loading, timed_searches
from bench.scale.data import Rows
from bench.scale.loading import Site
from bench.scale.postgres_server import Server, watched
from bench.scale.timed_searches import Ids, K, Result
from similarity.index import hnsw, store

SITE_EF = 100  # for cold queries, and for queries in the smallest collection
COLD_QUERIES = 40
# Goals for the time in ms and the recall of a query, by size. Other sizes have no goals.
GOALS = {30_000: (2.0, 0.99), 1_000_000: (6.0, 0.97)}
GB = 10**9


@dataclass
class Measured:
    """The figures of one size, to which growth is fitted, and the rows of the table."""

    count: int
    figures: dict[str, float] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def add(self, what: str, measured: str, is_met: bool | None = None, goal: str = "", **numbers: float) -> None:
        row = Row("scale", f"{self.count:,}: {what}", measured, goal, is_met, {"count": self.count, **numbers})
        print(f"  {row.what}: {row.measured}", flush=True)
        self.rows.append(row)


def measure(server: Server, site: Site, before: int, count: int) -> Measured:
    """Fill the collection from the size `before` to `count`, and measure. The server is restarted at the end."""
    report = Measured(count)
    fill_and_build(server, site, before, report)
    rows = timed_searches.query_rows(count)
    truth = timed_searches.truth_of(site, count, rows, None)
    search_warm(site, rows, truth, report)
    for home in (1, 2, 3):
        search_filtered(site, rows, home, report)
    search_alternatives(site, rows, truth, report)
    search_cold(server, site, rows, truth, report)
    return report


def fill_and_build(server: Server, site: Site, before: int, report: Measured) -> None:
    run(f"DROP INDEX IF EXISTS {site.space.index_name}")
    load_s = timing.seconds(loading.fill, site, before, report.count)
    report.add("filling", f"{load_s:.0f} s for {report.count - before:,} rows", load_s=load_s)
    resting = server.memory()
    with server_notices() as notices, watched(server) as peak:
        build_s = timing.seconds(hnsw.create, site.space)
    index_bytes = number(f"SELECT pg_relation_size('{site.space.index_name}')")
    table_bytes = number("SELECT pg_table_size('similarity_embedding')")
    spilled = [notice for notice in notices if "no longer fits" in notice]
    report.figures |= {"build_s": build_s, "index_bytes": index_bytes, "build_bytes": max(peak[0] - resting, 1)}
    report.add(
        "index built",
        f"{build_s:.0f} s, server's memory {resting / GB:.2f} GB, at most {peak[0] / GB:.2f} GB; "
        f"index {index_bytes / GB:.3f} GB, table {table_bytes / GB:.3f} GB"
        + "".join(f"; {notice}" for notice in spilled),
        not spilled, "fits into maintenance_work_mem",
        build_s=build_s, peak_bytes=peak[0], index_bytes=index_bytes, table_bytes=table_bytes,
    )  # fmt: skip


def search_warm(site: Site, rows: Rows, truth: Sequence[Ids], report: Measured) -> None:
    timed_searches.by_index(site, timed_searches.query_rows(report.count, timed_searches.WARM_UP, seed=8), None)
    for ef, result in timed_searches.by_index(site, rows, None).items():
        report.figures[f"p50_ms at ef {ef}"] = result.p50_ms
        add_result(report, f"nearest_images, ef {ef}", result, truth)
    for ef in timed_searches.EFS:
        add_result(report, f"psycopg alone, ef {ef}", timed_searches.bare(site, rows, ef), truth)
    works = timed_searches.by_works(site, rows)
    report.figures["p50_ms of nearest_works"] = works.p50_ms
    add_result(report, f"nearest_works, ef {store.EF_SEARCH}", works, truth, GOALS.get(report.count))


def search_filtered(site: Site, rows: Rows, home: int, report: Measured) -> None:
    title = site.collections[home].title
    truth = timed_searches.truth_of(site, report.count, rows, home)
    efs = timed_searches.EFS if home < 3 else (SITE_EF,)
    for ef, result in timed_searches.by_index(site, rows, home, efs).items():
        add_result(report, f"nearest_images among {title}, ef {ef}", result, truth, is_filtered=True)


def search_alternatives(site: Site, rows: Rows, truth: Sequence[Ids], report: Measured) -> None:
    exact = timed_searches.by_every_row(site, rows)
    add_result(report, "PostgreSQL without index", exact, truth[: len(exact.found)])
    vectors = site.grown.vectors[: report.count].astype(np.float32)
    add_result(report, "exact numpy, 32 bits", timed_searches.by_numpy(vectors, rows), truth)
    del vectors
    build_s, results = timed_searches.by_hnswlib(site.grown.vectors[: report.count], rows)
    report.add("hnswlib built", f"{build_s:.0f} s by {timed_searches.BUILD_THREADS} threads", build_s=build_s)
    for ef, result in results.items():
        add_result(report, f"hnswlib, ef {ef}", result, truth)


def search_cold(server: Server, site: Site, rows: Rows, truth: Sequence[Ids], report: Measured) -> None:
    """Search after a restart with empty caches. No query is repeated, but each finds what earlier ones loaded."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    how = server.restart_cold()
    cold = rows[:COLD_QUERIES]
    result = timed_searches.by_index(site, cold, None, (SITE_EF,))[SITE_EF]
    first_ms = 1000 * result.taken_s[0]
    report.figures["p50_ms when cold"] = result.p50_ms
    what = f"nearest_images, cold, ef {SITE_EF} ({how}; first {first_ms:.0f} ms)"
    add_result(report, what, result, truth[: len(cold)])


def add_result(
    report: Measured, what: str, result: Result, truth: Sequence[Ids],
    goals: tuple[float, float] | None = None, *, is_filtered: bool = False,
) -> None:  # fmt: skip
    p50, p95 = timing.p50_p95_ms(result.taken_s)
    recall = result.recall(truth)
    numbers = {"p50_ms": p50, "p95_ms": p95, "recall": recall}
    text = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
    if result.server_ms:
        numbers["server_ms"] = float(np.median(result.server_ms))
        text += f"in PostgreSQL {numbers['server_ms']:.1f} ms, "
    is_met, goal = None, ""
    if is_filtered:
        is_met, goal = result.is_complete(truth), "as many rows as exist"
    elif goals is not None:
        is_met, goal = p50 <= goals[0] and recall >= goals[1], f"p50 <= {goals[0]:.0f} ms, recall >= {goals[1]}"
    report.add(what, f"{text}recall@{K} {recall:.4f}", is_met, goal, **numbers)


@contextmanager
def server_notices() -> Iterator[list[str]]:
    """Yield a list of the notices that PostgreSQL sends on this connection within the with-block."""
    connection.ensure_connection()
    received: list[str] = []

    def note(diagnostic: object) -> None:
        received.append(str(getattr(diagnostic, "message_primary", "")))

    raw = connection.connection
    raw.add_notice_handler(note)
    try:
        yield received
    finally:
        raw.remove_notice_handler(note)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
