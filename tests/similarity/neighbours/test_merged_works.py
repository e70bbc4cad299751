"""A record that was merged into another work is in no list of works that look alike, and is not recognised."""

import pytest
from django.contrib.auth.models import AnonymousUser

from collection import permissions
from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import ArtworkImage
from similarity.image_query import found_works
from similarity.image_query.answers import Answer, Found
from similarity.models import Embedding
from similarity.neighbours import curation, similar_works
from tests import factories
from tests.similarity.placed_works import embedded_work, works_of

pytestmark = pytest.mark.django_db

CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))


@pytest.fixture
def curator():
    return factories.a_user("curator", is_superuser=True)


@pytest.fixture
def works():
    """A work, its second record, and another one, from near to far."""
    collection = factories.a_collection()
    return [embedded_work(collection, angle) for angle in (0.0, 0.1, 1.0)]


def everybody(curator) -> list[permissions.User]:
    return [AnonymousUser(), curator, permissions.Operator()]


def test_an_alias_is_not_similar_to_anything_also_if_it_keeps_its_pictures_and_is_pinned(works, curator):
    work, record, other = works
    curation.pin(other, record, curator)
    merge(work, record, curator, views=False)

    for user in everybody(curator):
        assert works_of(similar_works.similar(work, user)) == [other]
        assert works_of(similar_works.similar(other, user)) == [work]


def test_pictures_that_moved_keep_their_vectors_and_stand_for_the_kept_work(works, curator):
    work, record, other = works
    image = record.images.get()
    vector = Embedding.objects.get(image=image).pk

    row = merge(other, record, curator)
    merged = similar_works.similar(work, AnonymousUser()) or []
    undo(row, curator)

    assert [(one.work, one.image) for one in merged] == [(other, image)]
    assert Embedding.objects.get(pk=vector).image == image
    assert works_of(similar_works.similar(work, AnonymousUser())) == [record, other]


def test_a_photograph_of_an_alias_is_not_recognised_as_the_alias(works, curator):
    work, record, _ = works
    image = ArtworkImage.objects.get(artwork=record)
    answer = Answer("ready", found=(Found(CORNERS, (image.pk,), is_recognised=True),), size_px=(100, 100))
    merge(work, record, curator, views=False)

    for user in everybody(curator):
        assert found_works.recognised(answer, user) == []
        assert found_works.places_of(answer, user) is None
