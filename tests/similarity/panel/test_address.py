"""The address holds lens, blend, scope and view, with scripts and without."""

import pytest
from django.test import Client
from django.utils.html import escape

from tests.similarity.panel.asking import panel

pytestmark = pytest.mark.django_db


def test_another_lens_is_written_into_the_address_of_the_page_around_the_panel(client: Client, work):
    own_page = f"/works/{work.pk}/similar/"

    assert panel(client, work, "?lens=colour")["HX-Push-Url"] == f"{work.get_absolute_url()}?lens=colour"
    assert panel(client, work)["HX-Push-Url"] == work.get_absolute_url()
    assert panel(client, work, "?lens=colour", page=own_page)["HX-Push-Url"] == f"{own_page}?lens=colour"
    pushed = panel(client, work, "?lens=colour", page=f"{work.get_absolute_url()}?view=7&x=<b>")["HX-Push-Url"]
    assert pushed == f"{work.get_absolute_url()}?lens=colour&view=7"


def test_the_view_beside_the_panel_stays_in_its_links_and_in_its_blend(client: Client, work):
    older, now = f"/works/{work.pk}/?view=6", f"/works/{work.pk}/?look=70&colour=30&view=7"

    assert panel(client, work, "?lens=colour&view=6", page=older)["HX-Push-Url"].endswith("?lens=colour&view=6")
    text = panel(client, work, "?lens=colour&view=6", page=now).text  # asked by a link that is older than the view
    assert f'href="/works/{work.pk}/similar/?view=7"' in text
    assert '<input type="hidden" name="view" value="7">' in text
    assert "view=6" not in text


@pytest.mark.parametrize("page", ["http://[", "not an address", "/works/1/?view=%00&view=x"])
def test_a_malformed_page_address_is_ignored(client: Client, work, page: str):
    headers = {"HX-Request": "true", "HX-Target": "similar", "HX-Current-URL": page}

    answer = client.get(f"/works/{work.pk}/similar/?lens=colour", headers=headers)

    assert answer["HX-Push-Url"] == f"{work.get_absolute_url()}?lens=colour"


@pytest.mark.parametrize("query", ["?lens=colour", "?look=70&colour=30&view=7", "?lens=colour&within=collection"])
def test_the_choice_is_kept_on_the_way_to_the_least_similar_works_and_back(client: Client, work, others, query: str):
    asked = escape(query)
    to_least = f'id="least-like" href="/works/{work.pk}/dissimilar/{asked}"'

    assert to_least in client.get(work.get_absolute_url() + query).text
    assert to_least in client.get(f"/works/{work.pk}/similar/{query}").text
    assert f'{to_least} hx-swap-oob="true"' in panel(client, work, query, page=f"/works/{work.pk}/{query}").text
    least = client.get(f"/works/{work.pk}/dissimilar/{query}").text
    assert f'href="/works/{work.pk}/similar/{asked}"' in least
    assert f'href="/works/{work.pk}/{asked}"' in least
    assert (
        f'id="kin-of"><a href="/works/{work.pk}/{asked}">Asked</a>, '
        in client.get(f"/works/{work.pk}/similar/{query}").text
    )


def test_the_link_back_to_the_work_follows_a_lens_that_was_chosen_on_the_panel_s_own_page(client: Client, work):
    text = panel(client, work, "?lens=colour", page=f"/works/{work.pk}/similar/").text

    assert f'id="kin-of" hx-swap-oob="true"><a href="/works/{work.pk}/?lens=colour">' in text
    assert "kin-of" not in panel(client, work, "?lens=colour").text  # on the work's page there is none


@pytest.mark.parametrize("by", ["kin-panel", "kin-waits"])
def test_a_panel_that_loads_by_itself_adds_nothing_to_the_history(client: Client, work, by: str):
    assert "HX-Push-Url" not in panel(client, work, "?lens=colour", by=by)


@pytest.mark.parametrize("query", ["?lens=colour", "?look=70&colour=30&view=7", "?lens=colour&within=collection"])
def test_the_work_page_hands_its_own_lens_on_to_the_panel(client: Client, work, query: str):
    page = client.get(work.get_absolute_url() + query).text

    assert f'hx-get="/works/{work.pk}/similar/{escape(query)}"' in page


@pytest.mark.parametrize(
    "query", ["?lens=smell", "?look=many&colour=-3", '?lens="><script>', "?within=everything", "?view=<b>"]
)
def test_nonsense_in_the_address_of_a_work_page_is_not_handed_on(client: Client, work, query: str):
    page = client.get(work.get_absolute_url() + query)

    assert page.status_code == 200
    assert f'hx-get="/works/{work.pk}/similar/"' in page.text


def test_a_history_that_is_restored_gets_the_whole_page(client: Client, work):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get(f"/works/{work.pk}/similar/?lens=colour", headers=headers).text


def test_lens_and_scope_are_kept_with_each_other(client: Client, work):
    text = panel(client, work, "?lens=colour&within=collection").text

    assert f'href="/works/{work.pk}/similar/?within=collection"' in text  # the look, still within
    assert f'href="/works/{work.pk}/similar/?lens=colour"' in text  # everywhere, still the colour
    assert "Prints &amp; &lt;Drawings&gt;" in text
