"""Filtered and unfiltered searches among three thousand vectors use the index; exact ones do not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from collection.models import ArtworkImage
from similarity.index import query_filters, store
from similarity.index.query_filters import Filter
from similarity.models import Space
from tests.similarity.index.test_store import clustered, filled, plan_of

pytestmark = pytest.mark.django_db

Filled = tuple[Space, list[ArtworkImage], np.ndarray]


@pytest.fixture(scope="module")
def three_thousand(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Filled]:
    """A space filled once for all tests, which only read it. Each test runs in a savepoint of this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield filled(3_000)
        transaction.set_rollback(True)


def test_a_query_is_served_by_the_index_of_its_space(three_thousand: Filled):
    space, _, vectors = three_thousand

    plan = plan_of(store.nearest_statement(space, vectors[0], 10, Filter()))

    assert f"Index Scan using {space.index_name}" in plan


def test_a_query_filtered_by_visibility_is_served_by_the_index_too(three_thousand: Filled):
    space, _, vectors = three_thousand

    plan = plan_of(store.nearest_statement(space, vectors[0], 10, query_filters.visible_to(AnonymousUser())))

    assert f"Index Scan using {space.index_name}" in plan


def test_an_exact_query_is_served_by_no_index_of_distances(three_thousand: Filled):
    space, _, vectors = three_thousand

    plan = plan_of(store.exact_statement(space, vectors[0], 10, Filter()))

    assert space.index_name not in plan


@pytest.mark.parametrize(("endings", "most"), [("059", 1000), ("02468", 500)])
def test_a_filter_that_keeps_many_is_served_by_a_list_as_long_as_needed_and_not_by_comparing_all(
    three_thousand: Filled,
    endings: str,
    most: int,
    django_assert_num_queries: Callable[[int], AbstractContextManager[CaptureQueriesContext]],
):
    space, _, vectors = three_thousand
    kept = query_filters.compiled(Q(image__artwork__accession_number__regex=f"[{endings}]$"))

    with django_assert_num_queries(2) as queries:
        found = store.nearest_images(space, vectors[0], 100, kept)

    first, second = (int(query["sql"].split(";")[0].rpartition("= ")[2]) for query in queries.captured_queries)
    assert len(found) == 100
    assert (first, first < second <= most) == (125, True)


def test_a_filter_that_keeps_one_row_of_thousands_still_finds_it(three_thousand: Filled):
    space, images, vectors = three_thousand

    found = store.nearest_images(space, vectors[0], 10, query_filters.of_images([images[-1].pk]))

    assert [neighbour.image_id for neighbour in found] == [images[-1].pk]


def test_a_filter_that_keeps_a_small_corner_of_the_space_finds_the_nearest_of_it(three_thousand: Filled):
    space, images, vectors = three_thousand
    kept = np.argsort(-(vectors @ vectors[0]))[:60].tolist()  # similar to each other, and far from most queries
    stored = vectors.astype(np.float16).astype(np.float32)[kept]
    among = query_filters.of_images([images[number].pk for number in kept])
    hits = 0
    for query in clustered(3_100)[-100:]:
        found = [neighbour.image_id for neighbour in store.nearest_images(space, query, 10, among)]
        exact = np.argsort(-(stored @ query))[:10]
        hits += len(set(found) & {images[kept[row]].pk for row in exact})

    assert hits / 1_000 >= 0.99
