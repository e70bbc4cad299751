"""One work stands in the middle of its nearest works, and each of them can be put in the middle."""

import re

import pytest
from django.test import Client

from tests import factories
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true", "HX-Target": "around"}


def around_titles(text: str) -> list[str]:
    return re.findall(r'around__one[^>]*><a [^>]*title="([^,"]*),', text)


def test_the_nearest_works_stand_around_a_work_nearest_first(client: Client):
    collection = factories.a_collection()
    work, *_ = (embedded_work(collection, angle, title=f"At {angle}") for angle in (0.0, 0.9, 0.1, 0.5))

    page = client.get(f"/works/{work.pk}/around/")
    fragment = client.get(f"/works/{work.pk}/around/", headers=FRAGMENT)

    assert around_titles(page.text) == around_titles(fragment.text) == ["At 0.1", "At 0.5", "At 0.9"]
    assert "<html" in page.text
    assert "<html" not in fragment.text


def test_every_work_around_leads_to_its_own_surroundings_with_the_chosen_lens(client: Client):
    collection = factories.a_collection()
    work, near = (embedded_work(collection, angle) for angle in (0.0, 0.1))

    text = client.get(f"/works/{work.pk}/around/?lens=look", headers=FRAGMENT).text

    assert f'hx-get="/works/{near.pk}/around/"' in text
    assert f'href="/works/{work.pk}/"' in text


def test_unpublished_works_neither_stand_around_a_work_nor_in_the_middle(client: Client):
    collection = factories.a_collection()
    work = embedded_work(collection, 0.0)
    draft = embedded_work(collection, 0.1, is_published=False)

    assert around_titles(client.get(f"/works/{work.pk}/around/").text) == []
    assert client.get(f"/works/{draft.pk}/around/").status_code == 404


def test_a_work_that_is_alone_or_has_no_picture_is_shown_alone(client: Client):
    alone, bare = embedded_work(factories.a_collection(), 0.0), factories.a_work()

    for work in (alone, bare):
        response = client.get(f"/works/{work.pk}/around/")

        assert response.status_code == 200
        assert "around__map--alone" in response.text
        assert around_titles(response.text) == []


def test_the_home_page_begins_with_a_work_and_loads_what_is_around_it(client: Client):
    work = embedded_work(factories.a_collection(), 0.0)

    text = client.get("/").text

    assert f'hx-get="/works/{work.pk}/around/"' in text
    assert f'<a href="/works/{work.pk}/around/"' in text  # for browsers without scripts


def test_the_home_page_of_an_empty_site_has_no_work_in_the_middle(client: Client):
    assert "around" not in re.sub(r"<link[^>]*>", "", client.get("/").text)
