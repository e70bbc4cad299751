"""The overview describes every space, with few queries and, of large spaces, cached counts."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from similarity.models import Embedding, Space, SpaceState
from similarity.space_pages import overview
from tests.similarity.spaces_page.making import a_space

pytestmark = pytest.mark.django_db


def test_the_overview_names_each_space_in_words(two: tuple[Space, Space]):
    titles = {row.title for row in overview.rows()}

    assert "fake old, cells, not whitened, 512 numbers, cosine" in titles


@pytest.fixture
def large(monkeypatch):
    """Three works count as many."""
    monkeypatch.setattr(overview, "LARGE", 3)
    yield
    cache.delete(overview.CACHE_KEY)


def test_many_spaces_take_no_more_queries_than_two(two: tuple[Space, Space]):
    with CaptureQueriesContext(connection) as of_few:
        overview.rows()
    for number in range(8):
        a_space(SpaceState.RETIRED, weights_digest=f"earlier {number}")

    with CaptureQueriesContext(connection) as of_many:
        found = overview.rows()

    assert len(of_many) == len(of_few)
    assert len(found) > 8


def test_large_spaces_are_counted_once_a_minute_however_often_they_are_looked_at(two: tuple[Space, Space], large):
    overview.rows()

    with CaptureQueriesContext(connection) as queries:
        found = overview.rows()

    assert not [query["sql"] for query in queries if "similarity_embedding" in query["sql"]]
    assert [row.done for row in found if row.space in two] == [3, 3]


def test_a_space_that_is_new_shows_at_once_beside_large_ones(two: tuple[Space, Space], large):
    overview.rows()
    new = a_space(SpaceState.BUILDING)

    found = {row.space.pk: (row.done, row.wanted) for row in overview.rows()}

    assert found[new.pk] == (0, 3)


def test_small_spaces_are_counted_each_time(two: tuple[Space, Space]):
    old, _ = two
    overview.rows()
    Embedding.objects.filter(space=old).first().delete()

    assert {row.space: row.done for row in overview.rows()}[old] == 2


def test_a_space_with_a_problem_does_not_count_as_moving(two: tuple[Space, Space]):
    stuck = a_space(SpaceState.BUILDING, problem="The weights are not at hand.")
    switching = a_space(SpaceState.BUILDING, weights_digest="switching", auto_activate=True)

    moving = {row.space.pk: row.is_moving for row in overview.rows()}

    assert (moving[stuck.pk], moving[switching.pk]) == (False, True)
