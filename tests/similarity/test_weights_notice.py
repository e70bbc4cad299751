"""Curators, and only they, read a notice if similarity uses untrained weights, and what that means."""

from dataclasses import replace

import pytest
from django.test import Client

from collection.models import Collection
from similarity.models import Space, SpaceState
from tests import factories, fakes

pytestmark = pytest.mark.django_db

NOTICE = "untrained weights"


@pytest.fixture
def collection() -> Collection:
    return factories.a_collection()


@pytest.fixture
def curator(client: Client, collection: Collection) -> Client:
    client.force_login(factories.a_user(curates=collection))
    return client


def open_look(*, is_trained: bool) -> None:
    embedder = fakes.FakeEmbedder()
    embedder.identity = replace(embedder.identity, is_trained=is_trained)
    fakes.opened(embedder)


def a_live_space(lens: str, *, is_trained: bool) -> None:
    Space.objects.create(
        lens=lens, backbone="fake", weights_digest="w", is_trained=is_trained, pooling="cells", dimensions=8,
        state=SpaceState.LIVE,
    )  # fmt: skip


def test_curators_read_what_untrained_weights_find_and_what_they_do_not(curator: Client):
    open_look(is_trained=False)

    page = curator.get("/browse/").text

    assert NOTICE in page
    assert "finds copies, and works with a similar arrangement and palette" in page
    assert "does not distinguish subjects" in page
    assert "KINDRED_WEIGHTS" in page


def test_with_trained_weights_there_is_no_notice(curator: Client):
    open_look(is_trained=True)

    assert NOTICE not in curator.get("/browse/").text


def test_the_notice_names_the_untrained_lenses(curator: Client):
    open_look(is_trained=True)
    for lens, is_trained in (("subject", False), ("composition", True), ("texture", False), ("colour", False)):
        a_live_space(lens, is_trained=is_trained)

    page = curator.get("/browse/").text

    assert "Similarity by subject and texture uses untrained weights" in page


def test_a_palette_needs_no_training(curator: Client):
    open_look(is_trained=True)
    a_live_space("colour", is_trained=False)

    assert NOTICE not in curator.get("/browse/").text


def test_the_public_sees_no_notice(client: Client, collection: Collection):
    open_look(is_trained=False)

    assert NOTICE not in client.get("/browse/").text
