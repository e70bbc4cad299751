"""Two works that a person may see stand side by side."""

import pytest
from django.test import Client

from collection.models import Artwork
from tests import factories

pytestmark = pytest.mark.django_db


def compared(client: Client, one: Artwork, other: Artwork, query: str = "") -> object:
    return client.get(f"/works/{one.pk}/compare/{other.pk}/{query}")


def test_both_works_are_named_and_link_to_their_pages(client: Client):
    one, other = (factories.an_image(factories.a_work(title=title)).artwork for title in ("Sea", "<b>Shore</b>"))

    text = compared(client, one, other).text

    assert f'href="{one.get_absolute_url()}">Sea' in text
    assert f'href="{other.get_absolute_url()}">&lt;b&gt;Shore' in text


def test_other_views_than_the_first_can_be_named(client: Client):
    one, other = factories.an_image().artwork, factories.an_image().artwork
    verso = factories.an_image(other, view_label="verso")

    assert f'data-info="/iiif/3/{verso.pk}/info.json"' in compared(client, one, other, f"?other_view={verso.pk}").text
    assert f'data-info="/iiif/3/{verso.pk}/info.json"' not in compared(client, one, other, "?other_view=nonsense").text


def test_a_work_can_be_compared_with_itself_and_one_without_a_picture_with_others(client: Client):
    pictured, bare = factories.an_image().artwork, factories.a_work()

    assert compared(client, pictured, pictured).status_code == 200
    assert compared(client, pictured, bare).status_code == 200


def test_works_that_the_visitor_may_not_see_are_not_compared(client: Client):
    shown, draft = factories.an_image().artwork, factories.a_work(is_published=False)

    assert compared(client, shown, draft).status_code == 404
    assert compared(client, draft, shown).status_code == 404
