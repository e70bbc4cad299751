"""Conditions of neighbour queries admit the same pictures as the queries that Django writes."""

import json

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from collection import permissions
from collection.models import ArtworkImage
from similarity.index import query_filters, store
from similarity.index.query_filters import Filter
from similarity.models import Space
from tests import factories, fakes

pytestmark = pytest.mark.django_db


@pytest.fixture
def images() -> list[ArtworkImage]:
    """Published and draft works in a public and a private collection, two of each, and an alias of the first."""
    collections = [factories.a_collection(is_public=is_public) for is_public in (True, False)]
    shown = [
        factories.an_image(factories.a_work(collection, is_published=is_published))
        for collection in collections
        for is_published in (True, True, False, False)
    ]
    factories.an_image(factories.a_work(collections[0], merged_into=shown[0].artwork))
    return shown


@pytest.fixture
def space(images: list[ArtworkImage]) -> Space:
    space = fakes.opened(fakes.FakeEmbedder())
    pks = list(ArtworkImage.objects.order_by("pk").values_list("pk", flat=True))
    store.put_all(space, pks, np.eye(len(pks), space.dimensions, dtype=np.float32))
    return space


def admitted(space: Space, among: Filter) -> set[int]:
    vector = np.ones(space.dimensions, np.float32)
    return {neighbour.image_id for neighbour in store.nearest_images(space, vector, 100, among)}


def test_everybody_is_admitted_to_what_the_rule_of_permissions_shows_them(space, images):
    curator = factories.a_user(curates=images[-1].artwork.collection)
    users = [AnonymousUser(), factories.a_user(), curator, factories.a_user(is_superuser=True), permissions.Operator()]

    found = [admitted(space, query_filters.visible_to(user)) for user in users]

    assert [len(ids) for ids in found] == [2, 2, 6, 8, 8]
    assert found == [set(permissions.visible_images(user).values_list("pk", flat=True)) for user in users]


def test_a_curator_who_loses_a_collection_no_longer_sees_its_drafts(space, images):
    collection = images[-1].artwork.collection
    curator = factories.a_user(curates=collection)
    before = admitted(space, query_filters.visible_to(curator))

    collection.curators.remove(curator)

    assert len(before) == 6
    assert len(admitted(space, query_filters.visible_to(curator))) == 2


def test_conditions_are_joined_by_and(space, images):
    collection = images[0].artwork.collection
    among = query_filters.visible_to(AnonymousUser()) & query_filters.in_collection(collection.pk)

    assert admitted(space, among) == {images[0].pk, images[1].pk}
    assert admitted(space, among & query_filters.without_works([images[0].artwork_id])) == {images[1].pk}
    assert admitted(space, among & query_filters.of_works([images[1].artwork_id, images[2].artwork_id])) == {
        images[1].pk
    }
    assert admitted(space, query_filters.of_images([images[3].pk])) == {images[3].pk}
    assert admitted(space, among & Filter()) == admitted(space, Filter() & among) == {images[0].pk, images[1].pk}


def test_no_work_left_out_and_no_work_wanted_are_different(space):
    assert len(admitted(space, query_filters.without_works([]))) == 9
    assert admitted(space, query_filters.of_works([])) == set()


@pytest.mark.parametrize(("condition", "count"), [(Q(), 9), (Q(image__in=[]), 0), (Q(image__artwork__title="%s"), 0)])
def test_a_condition_of_django_is_compiled(space, condition, count):
    assert len(admitted(space, query_filters.compiled(condition))) == count


def test_a_condition_on_a_table_that_is_not_joined_is_refused():
    with pytest.raises(ValueError, match="collection_job"):
        query_filters.compiled(Q(image__jobs__key="derivatives"))


def test_a_vector_is_written_in_digits_enough_to_tell_all_halves_apart():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]

    written = np.array(json.loads(store.text_of(halves.astype(np.float32))), np.float16)

    assert np.array_equal(written, halves)
