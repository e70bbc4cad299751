"""The panel of similar works: lens, blend and scope stand in the address, with scripts and without."""

import re

import pytest
from django.test import Client
from django.utils.html import escape

from collection.models import Artwork, Collection
from similarity import lens_forms
from similarity.models import Space, SpaceState
from similarity.vision.lenses import LENSES
from tests import factories, fakes
from tests.similarity.test_kin import a_work_seen

pytestmark = pytest.mark.django_db

OFFERED = ("look", "colour")


@pytest.fixture
def embedder() -> fakes.FakeEmbedder:
    return fakes.FakeEmbedder(lenses=OFFERED)


@pytest.fixture
def opened(embedder) -> dict[str, Space]:
    return {lens: fakes.opened(embedder, lens) for lens in OFFERED}


@pytest.fixture
def collection(db) -> Collection:
    return factories.a_collection(title="Prints & <Drawings>")


@pytest.fixture
def work(opened, collection) -> Artwork:
    return a_work_seen(opened, collection, 0.0, 0.0, title="Asked")


@pytest.fixture
def others(opened, collection, work) -> None:
    a_work_seen(opened, collection, 0.1, 1.0, title="Alike in look")
    a_work_seen(opened, collection, 1.0, 0.1, title="Alike in colour")


def panel(client: Client, work: Artwork, query: str = "", *, by: str = "lens-colour", page: str = "") -> object:
    """As htmx asks for it, from the work's page unless another is given."""
    headers = {
        "HX-Request": "true",
        "HX-Target": "similar",
        "HX-Trigger": by,
        "HX-Current-URL": f"http://testserver{page or work.get_absolute_url()}",
    }
    return client.get(f"/works/{work.pk}/similar/{query}", headers=headers)


def titles(text: str) -> list[str]:
    return re.findall(r'work-card__title">([^<]*)<', text)


def test_a_lens_shows_its_own_order_and_says_what_it_sees(client: Client, work, others):
    by_look, by_colour = panel(client, work).text, panel(client, work, "?lens=colour").text

    assert titles(by_look) == ["Alike in look", "Alike in colour"]
    assert titles(by_colour) == ["Alike in colour", "Alike in look"]
    assert LENSES["look"].sees in by_look
    assert LENSES["colour"].sees in by_colour
    assert re.search(r'id="lens-colour"[^>]*aria-current="true"', by_colour)


def test_a_switched_lens_stands_in_the_address_of_the_page_it_lies_in(client: Client, work):
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
def test_a_page_that_is_none_is_not_stumbled_over(client: Client, work, page: str):
    headers = {"HX-Request": "true", "HX-Target": "similar", "HX-Current-URL": page}

    answer = client.get(f"/works/{work.pk}/similar/?lens=colour", headers=headers)

    assert answer["HX-Push-Url"] == f"{work.get_absolute_url()}?lens=colour"


@pytest.mark.parametrize("query", ["?lens=colour", "?look=70&colour=30&view=7", "?lens=colour&within=collection"])
def test_what_was_chosen_is_kept_on_the_way_to_the_least_alike_and_back(client: Client, work, others, query: str):
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


def test_the_way_back_to_the_work_follows_a_lens_that_was_switched_on_the_panel_s_own_page(client: Client, work):
    text = panel(client, work, "?lens=colour", page=f"/works/{work.pk}/similar/").text

    assert f'id="kin-of" hx-swap-oob="true"><a href="/works/{work.pk}/?lens=colour">' in text
    assert "kin-of" not in panel(client, work, "?lens=colour").text  # on the work's page there is none


def test_of_a_blend_the_lens_that_weighs_most_asks_for_the_least_alike_and_the_page_says_so(
    client: Client, work, others
):
    page = client.get(f"/works/{work.pk}/dissimilar/?look=30&colour=70").text

    assert titles(page) == ["Alike in look", "Alike in colour"]
    assert "Of your blend (look 30\N{NO-BREAK SPACE}%, colour 70\N{NO-BREAK SPACE}%)" in page
    assert "Of your blend" not in client.get(f"/works/{work.pk}/dissimilar/?lens=colour").text


@pytest.mark.parametrize("by", ["kin-panel", "kin-waits"])
def test_what_loads_itself_adds_nothing_to_the_history(client: Client, work, by: str):
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


def test_without_scripts_the_same_is_a_page(client: Client, work, others):
    page = client.get(f"/works/{work.pk}/similar/?look=20&colour=80").text

    assert "<html" in page
    assert titles(page) == ["Alike in colour", "Alike in look"]
    assert "A blend: look 20\N{NO-BREAK SPACE}%, colour 80\N{NO-BREAK SPACE}%." in page
    assert f'href="/works/{work.pk}/similar/?lens=colour"' in page
    assert f'action="/works/{work.pk}/similar/"' in page


def test_a_history_that_is_restored_gets_the_whole_page(client: Client, work):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get(f"/works/{work.pk}/similar/?lens=colour", headers=headers).text


def test_lens_and_scope_are_kept_with_each_other(client: Client, work):
    text = panel(client, work, "?lens=colour&within=collection").text

    assert f'href="/works/{work.pk}/similar/?within=collection"' in text  # the look, still within
    assert f'href="/works/{work.pk}/similar/?lens=colour"' in text  # everywhere, still the colour
    assert "Prints &amp; &lt;Drawings&gt;" in text


def test_an_unknown_lens_is_not_found(client: Client, work):
    assert client.get(f"/works/{work.pk}/similar/?lens=smell").status_code == 404
    assert client.get(f"/works/{work.pk}/dissimilar/?lens=smell").status_code == 404


def test_a_lens_without_a_live_space_is_not_offered_and_gives_way_to_the_default(client: Client, work, opened):
    Space.objects.filter(pk=opened["colour"].pk).update(state=SpaceState.KEPT)

    page = client.get(f"/works/{work.pk}/similar/?lens=colour").text

    assert "lens-tabs__one" not in page  # one lens needs no choice
    assert LENSES["look"].sees in page


def test_a_blend_stays_open_to_be_changed_and_keeps_its_shares(client: Client, work, others):
    response = panel(client, work, "?look=70&subject=0&colour=30", by="blend")

    assert response["HX-Push-Url"] == f"{work.get_absolute_url()}?look=70&colour=30"
    assert '<details class="blend" open>' in response.text
    assert re.search(r'id="blend-look"[^>]*value="70"', response.text)
    assert re.search(r'id="blend-colour"[^>]*value="30"', response.text)
    assert '<details class="blend" open>' in panel(client, work, "?look=70", by="blend").text


def test_every_kin_says_why_through_the_lens_that_weighs_most(client: Client, work, others):
    text = panel(client, work, "?look=30&colour=70").text

    found = Artwork.objects.get(title="Alike in colour")
    asked = f"/works/{work.pk}/why/{found.pk}/?lens=colour&amp;image={found.images.get().pk}"
    assert f'href="{asked}" rel="nofollow"' in text


def test_the_least_alike_differ_by_lens(client: Client, work, others):
    by_look = client.get(f"/works/{work.pk}/dissimilar/").text
    by_colour = client.get(f"/works/{work.pk}/dissimilar/?lens=colour").text

    assert titles(by_look) == ["Alike in colour", "Alike in look"]
    assert titles(by_colour) == ["Alike in look", "Alike in colour"]
    assert f'href="/works/{work.pk}/dissimilar/?lens=colour"' in by_look


def test_a_visitor_s_panel_takes_few_queries(client: Client, work, opened, collection, django_assert_max_num_queries):
    for number in range(40):
        a_work_seen(opened, collection, number / 50, number / 50)

    with django_assert_max_num_queries(8):
        text = panel(client, work, "?lens=colour").text

    assert len(titles(text)) == 12


@pytest.mark.parametrize(
    ("asked", "shares"),
    [
        ({}, {"look": 100}),
        ({"lens": "colour"}, {"colour": 100}),
        ({"lens": "colour", "look": "50"}, {"colour": 100}),
        ({"look": "70", "colour": "30"}, {"look": 70, "colour": 30}),
        ({"look": "0", "colour": "30"}, {"colour": 30}),
        ({"look": "0", "colour": "0"}, {"look": 100}),
        ({"look": "101", "colour": "nan"}, {"look": 100}),
        ({"look": "lots", "colour": "5"}, {"colour": 5}),
        ({"texture": "50"}, {"look": 100}),
    ],
)
def test_what_is_asked_for_is_read_from_the_address(asked: dict[str, str], shares: dict[str, float]):
    assert lens_forms.read(asked, OFFERED).shares == shares


def test_an_address_reads_as_what_it_was_written_from():
    for shares in ({"look": 100.0}, {"colour": 100.0}, {"look": 70.0, "colour": 12.5}):
        for is_within, view in ((False, ""), (True, ""), (False, "7"), (True, "7")):
            choice = lens_forms.Choice(shares, is_within, view)
            asked = dict(part.split("=") for part in choice.query.lstrip("?").split("&") if part)

            assert lens_forms.read(asked, OFFERED) == choice


def test_without_any_lens_nothing_is_chosen():
    assert lens_forms.read({}, []).shares == {}
    assert lens_forms.read({}, ["colour"]).query == "?lens=colour"
