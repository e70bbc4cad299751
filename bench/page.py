"""Measure the pages of a work and of its similar works in a large collection: time in Django, queries, pages a second.

Pages a second are measured over HTTP, as tiles are in `bench.pages.image_service`.
"""

from functools import partial

import numpy as np
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import synthetic, timing, web_memory
from bench.gallery import Gallery
from bench.pages import image_service
from bench.result_rows import Row

WORKS = 200
WORKS_QUICK = 20
QUERY_LIMIT = 8
WARM_UP = 5
RATE_GOAL = 150  # pages a second on two cores


def run(gallery: Gallery) -> list[Row]:
    data = synthetic.fill(gallery)
    count = WORKS_QUICK if gallery.is_quick else WORKS
    pks = np.random.default_rng(5).choice(data.work_ids, count, replace=False).tolist()
    visitors = {"anonymous": Client(SERVER_NAME="localhost"), "curator": curator(gallery)}
    rows = []
    for who, client in visitors.items():
        for name, htmx in (("work", {}), ("similar", {"HX-Request": "true"})):
            rows.append(measure(f"{name} page, {who}", client, [reverse(name, args=[pk]) for pk in pks], htmx))
    return [*rows, rate([reverse("work", args=[pk]) for pk in pks])]


def rate(addresses: list[str]) -> Row:
    """Measure how many pages of works two server processes answer in a second. The clients share the two cores."""
    with image_service.serving(tiles_mib=0) as port:
        get = partial(web_memory.visit, port)
        image_service.all_at_once(get, addresses)  # a process takes longer for its first pages
        measured = len(addresses) / timing.seconds(image_service.all_at_once, get, addresses)
    return Row(
        "page", f"work pages for {image_service.CLIENTS} clients", f"{measured:.0f} pages/s", f">= {RATE_GOAL} pages/s",
        measured >= RATE_GOAL, {"pages_per_s": measured},
    )  # fmt: skip


def curator(gallery: Gallery) -> Client:
    user = get_user_model().objects.create_user("curator")
    gallery.collection.curators.add(user)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def measure(what: str, client: Client, addresses: list[str], headers: dict[str, str]) -> Row:
    """Time the pages, then count their queries in a separate round, because recording queries takes time."""
    for address in addresses[:WARM_UP]:
        get(client, address, headers)
    taken = [timing.seconds(get, client, address, headers) for address in addresses]
    most, framing = max(counted(client, address, headers) for address in addresses[: WARM_UP * 4])
    p50, p95 = timing.p50_p95_ms(taken)
    text = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, {most} queries ({framing} of them BEGIN, SET, COMMIT)"
    return Row(
        "page", what, text, f"<= {QUERY_LIMIT} queries",
        most <= QUERY_LIMIT, {"p50_ms": p50, "p95_ms": p95, "queries": most},
    )  # fmt: skip


def counted(client: Client, address: str, headers: dict[str, str]) -> tuple[int, int]:
    """Return the number of queries that Django counts, and how many of them only begin, set up or end a transaction."""
    with CaptureQueriesContext(connection) as queries:
        get(client, address, headers)
    framing = [query for query in queries if query["sql"].startswith(("BEGIN", "COMMIT", "SET"))]
    return len(queries), len(framing)


def get(client: Client, address: str, headers: dict[str, str]) -> None:
    answer = client.get(address, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} was answered with {answer.status_code}.")
