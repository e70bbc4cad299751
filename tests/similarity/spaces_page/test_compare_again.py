"""A comparison is cached: more cases need no search, and works that were hidden since are not shown."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from collection import ingest
from collection.models import Artwork, ArtworkImage
from similarity.embedding import pipeline
from similarity.models import Space
from similarity.space_pages import comparison_page
from similarity.spaces import lifecycle
from tests import factories, fakes

pytestmark = pytest.mark.django_db


def address(two: tuple[Space, Space]) -> str:
    old, new = two
    return reverse("spaces-compare", args=[new.pk, old.pk])


def test_more_cases_and_another_choice_take_no_search_and_no_query_a_case(
    admin_client: Client,
    two: tuple[Space, Space],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries,
):
    monkeypatch.setattr(comparison_page, "CASES", 1)
    admin_client.get(address(two))

    for query in ({"show": "differ"}, {"cases": "2"}, {"show": "agree", "cases": "3"}):
        with django_assert_max_num_queries(22):
            shown = admin_client.get(address(two), query).text

    assert shown.count('<article class="case"') == 3


def test_a_picture_that_came_since_is_compared_at_once(admin_client: Client, two: tuple[Space, Space]):
    admin_client.get(address(two))
    factories.add_picture(factories.a_work(), ingest.NewPicture(factories.painted(71), "71.jpg"))
    pipeline.run([fakes.FakeEmbedder(weights=weights) for weights in ("old", "new")])

    page = admin_client.get(address(two)).text

    assert page.count('<article class="case"') == 4


def test_a_space_that_was_retired_since_is_not_compared_any_more(admin_client: Client, two: tuple[Space, Space]):
    admin_client.get(address(two))
    lifecycle.retire(two[1])

    page = admin_client.get(address(two), follow=True).text

    assert "it has no vectors to compare" in page


def test_works_that_were_hidden_since_are_left_out(client: Client, two: tuple[Space, Space]):
    user = factories.a_user("sees what is published")
    user.user_permissions.add(Permission.objects.get(codename="change_space"))
    client.force_login(user)
    ArtworkImage.objects.update(is_ready=True)
    hidden, *others = Artwork.objects.order_by("pk")
    before = client.get(address(two)).text
    Artwork.objects.filter(pk=hidden.pk).update(is_published=False)

    page = client.get(address(two)).text

    assert f'href="{hidden.get_absolute_url()}"' in before
    assert f'href="{hidden.get_absolute_url()}"' not in page
    for work in others:
        assert page.count(f'href="{work.get_absolute_url()}"') == 3  # its own case, and in two spaces by the other
