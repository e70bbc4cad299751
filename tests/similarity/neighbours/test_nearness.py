"""A word states the nearness of two works, by how few random pairs are as near."""

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from collection.models import Artwork
from similarity.index import percentiles
from similarity.models import Space
from similarity.neighbours import nearness, similar_works
from tests import factories
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


def test_marks_go_from_near_twins_to_related_works_and_end_there():
    names = [mark.name if mark else None for mark in map(nearness.mark_of, (12.0, 9.5, 9.4, 6.0, 5.9, 4.0, 3.9, 0.0))]

    assert names == ["twin", "twin", "close", "close", "related", "related", None, None]


def test_without_known_distances_between_pairs_there_is_no_mark():
    assert nearness.mark_of(None) is None


@pytest.fixture
def work() -> Artwork:
    """One work with others at angles that grow. Distances of random pairs are spread evenly from 0.2 to 1."""
    collection = factories.a_collection()
    asked, *_ = (embedded_work(collection, angle, title=f"At {angle}") for angle in (0.0, 0.05, 0.665, 1.5))
    Space.objects.update(quantiles=np.linspace(0.2, 1.0, percentiles.STEPS + 1).tolist())
    return asked


def test_a_nearer_work_has_a_nearer_mark(work):
    found = similar_works.similar(work, AnonymousUser())

    assert [one.mark.name if one.mark else None for one in found] == ["twin", "related", None]


def test_the_panel_shows_marks_with_percentiles_on_hover_and_explains_those_that_occur(client: Client, work):
    text = client.get(f"/works/{work.pk}/similar/").text

    assert 'title="Closer than 99.9' in text
    assert text.count("Near twin") == 2  # in the key and under the work
    assert text.count("Related") == 2
    assert '<dt class="nearness nearness--close"' not in text
    assert ">Closer than" not in text


def test_the_api_names_the_nearness(client: Client, work):
    answer = client.get(f"/api/v1/artworks/{work.pk}/similar").json()

    assert [one["nearness"] for one in answer] == ["twin", "related", None]
