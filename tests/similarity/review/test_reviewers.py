"""A reviewer who curates nothing sees what a pair shows, drafts and closed collections included, and nothing else."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from collection.models import Artwork
from similarity.models import DuplicatePair
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(db) -> Client:
    user = factories.a_user()
    user.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pair(media: Path) -> DuplicatePair:
    """A draft, and a work of a closed collection, both with real pictures."""
    draft = factories.a_work(title="Draft", is_published=False)
    closed = factories.a_work(factories.a_collection(is_public=False, title="Reserve"), title="Closed")
    low, high = (factories.a_painted_image(work) for work in (draft, closed))
    return DuplicatePair.objects.create(low=low, high=high, correlation=0.9, suggested="duplicate")


def links(page: str) -> set[str]:
    """Return the addresses of pictures and works in a page."""
    return set(re.findall(r"/(?:works|pictures)/[^\s\"?,]+", page))


def test_a_reviewer_finds_the_queue_in_the_header(reviewer: Client):
    assert 'href="/review/"' in reviewer.get("/browse/").text


def test_each_picture_and_link_of_the_queue_is_there_for_a_reviewer(reviewer: Client, pair: DuplicatePair):
    page = reviewer.get("/review/").text

    found = links(page)
    assert {f"/pictures/{image.pk}/480.webp" for image in (pair.low, pair.high)} <= found
    assert {image.artwork.get_absolute_url() for image in (pair.low, pair.high)} <= found
    assert {address: reviewer.get(address).status_code for address in found} == dict.fromkeys(found, 200)


def test_the_page_of_a_work_in_review_is_whole(reviewer: Client, pair: DuplicatePair):
    page = reviewer.get(pair.low.artwork.get_absolute_url()).text

    assert f"/pictures/{pair.low.pk}/1200.webp" in page
    assert "Edit this record" not in page
    for address in links(page):
        assert reviewer.get(address).status_code == 200, address


def test_what_is_in_review_is_no_cached_picture_and_no_original(reviewer: Client, pair: DuplicatePair):
    assert reviewer.get(pair.low.small_url)["Cache-Control"] == "private, no-store"
    assert reviewer.get(f"/pictures/{pair.low.pk}/original").status_code == 404


def test_what_is_in_review_is_in_no_list(reviewer: Client, pair: DuplicatePair):
    pages = ["/", "/browse/", "/api/v1/artworks"]

    assert [page for page in pages if "Draft" in reviewer.get(page).text or "Closed" in reviewer.get(page).text] == []
    assert reviewer.get(pair.high.artwork.collection.get_absolute_url()).status_code == 404


def test_what_is_in_no_pair_stays_closed_to_a_reviewer(reviewer: Client, pair: DuplicatePair):
    other = factories.a_painted_image(factories.a_work(is_published=False))
    verso = factories.a_painted_image(pair.low.artwork)

    assert reviewer.get(other.small_url).status_code == 404
    assert reviewer.get(other.artwork.get_absolute_url()).status_code == 404
    assert reviewer.get(verso.small_url).status_code == 404


def test_a_visitor_and_another_curator_see_nothing_of_a_pair(client: Client, pair: DuplicatePair):
    curator = Client()
    curator.force_login(factories.a_user(curates=pair.low.collection))

    assert client.get(pair.low.small_url).status_code == 404
    assert curator.get(pair.high.small_url).status_code == 404
    assert curator.get(pair.high.artwork.get_absolute_url()).status_code == 404
    assert Artwork.objects.count() == 2
