"""Measure the pages of paths and outliers in a large collection: time in Django, memory of the graph in a process."""

import numpy as np
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from bench import synthetic, timing
from bench.gallery import Gallery
from bench.page import get
from bench.result_rows import Row
from similarity.groups.building import overview_stages, versions
from similarity.groups.paths import work_graph
from similarity.models import Overview

PAIRS = 60
PAIRS_QUICK = 5
OTHERS = 20  # pages of outliers
WARM_UP = 3
P95_LIMIT_MS = 300


def run(gallery: Gallery) -> list[Row]:
    data = synthetic.fill(gallery)
    build_s, overview = timing.timed(built)
    read_s, graph = timing.timed(work_graph.read, overview)
    size = sum(array.nbytes for array in (graph.work_ids, *edge_arrays(graph)))
    ends = np.random.default_rng(9).choice(data.work_ids, (PAIRS_QUICK if gallery.is_quick else PAIRS, 2))
    paths = [reverse("path", args=pair) for pair in ends.tolist() if pair[0] != pair[1]]
    near = [reverse("path", args=pair) for pair in neighbours_of(graph, ends[:, 0])]
    visitor, curator = Client(SERVER_NAME="localhost"), curator_of(gallery)
    return [
        Row("paths", f"overview of {data.total:,} works", f"{build_s:.0f} s, of which {overview.seconds}"),
        Row(
            "paths", "graph in a web process", f"read in {read_s:.2f} s, {size / len(graph.work_ids):.0f} bytes a work",
            "", None, {"read_s": read_s, "bytes_a_work": size / len(graph.work_ids)},
        ),
        measure("path between random works", visitor, paths, P95_LIMIT_MS),
        measure("path between neighbours", visitor, near, P95_LIMIT_MS),
        measure("path between random works, curator", curator, paths, P95_LIMIT_MS),
        measure("outliers", visitor, [reverse("outliers")] * OTHERS, P95_LIMIT_MS),
        measure("choosing a path's end", visitor, [reverse("paths") + "?q=work"] * OTHERS, P95_LIMIT_MS),
    ]  # fmt: skip


def built() -> Overview:
    """Build an overview of all works, as the workers do."""
    versions.request()
    while overview_stages.run():
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE similarity_placement")
    live = versions.live()
    if live is None:
        raise RuntimeError("The overview could not be built.")
    return live


def edge_arrays(graph: work_graph.WorkGraph) -> tuple[np.ndarray, ...]:
    return (graph.edges.starts, graph.edges.sources, graph.edges.distances)


def neighbours_of(graph: work_graph.WorkGraph, work_ids: np.ndarray) -> list[list[int]]:
    """Return pairs of a work and one of its neighbours in the graph."""
    pairs = []
    for node in graph.nodes(np.sort(work_ids)).tolist():
        to = graph.edges.to(node)
        near = graph.edges.sources[to][1:]
        pairs += [[int(graph.work_ids[node]), int(graph.work_ids[near[0]])]] if len(near) else []
    return pairs


def curator_of(gallery: Gallery) -> Client:
    user = get_user_model().objects.create_user("curator of paths")
    gallery.collection.curators.add(user)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def measure(what: str, client: Client, addresses: list[str], limit_ms: float) -> Row:
    """Time pages. Works that are hidden are left out, because their pages are quick refusals."""
    shown = [address for address in addresses if client.get(address).status_code == 200]
    for address in shown[:WARM_UP]:
        get(client, address, {})
    taken = [timing.seconds(get, client, address, {}) for address in shown]
    p50, p95 = timing.p50_p95_ms(taken)
    return Row(
        "paths", what, f"p50 {p50:.0f} ms, p95 {p95:.0f} ms ({len(taken)} pages)", f"p95 <= {limit_ms} ms",
        p95 <= limit_ms, {"p50_ms": p50, "p95_ms": p95},
    )  # fmt: skip
