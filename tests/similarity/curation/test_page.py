"""Curators pin and ban on the page, with htmx and without; visitors see the result."""

import re

import pytest
from django.test import Client

from collection.models import Artwork
from similarity.models import CuratedNeighbour, CurationLogEntry, Embedding
from similarity.neighbours import curation
from tests import factories
from tests.similarity.panel.asking import panel, titles
from tests.similarity.placed_works import a_work_seen

pytestmark = pytest.mark.django_db

VERBS = ("pin", "ban", "unpin", "unban")


@pytest.fixture
def desk(curator) -> Client:
    """The curator's browser."""
    client = Client()
    client.force_login(curator)
    return client


def address(work: Artwork, other: Artwork, verb: str, query: str = "") -> str:
    return f"/works/{work.pk}/similar/{other.pk}/{verb}/{query}"


def by_htmx(client: Client, path: str, page: str = "", **fields: str):
    """Send a request as a button in the panel does."""
    headers = {"HX-Request": "true", "HX-Target": "similar", "HX-Current-URL": f"http://testserver{page}"}
    return client.post(path, fields, headers=headers)


def test_a_button_answers_with_the_list_as_it_is_now(desk: Client, work, near, middle, far):
    pinned = by_htmx(desk, address(work, far, "pin"))
    banned = by_htmx(desk, address(work, near, "ban"))

    assert titles(pinned.text) == ["Far", "Near", "Middle"]
    assert titles(banned.text) == ["Far", "Middle"]
    assert "<html" not in banned.text
    assert "Near is no longer shown here." in banned.text
    assert "HX-Push-Url" not in banned
    assert titles(by_htmx(desk, address(work, far, "unpin")).text) == ["Middle", "Far"]
    assert titles(by_htmx(desk, address(work, near, "unban")).text) == ["Near", "Middle", "Far"]


@pytest.mark.parametrize("query", ["?lens=colour&within=collection", "?look=30&colour=70&view=7"])
def test_the_list_keeps_its_lens_scope_and_view(desk: Client, work, near, middle, far, query: str):
    page = f"{work.get_absolute_url()}{query}"
    before = panel(desk, work, query, page=page).text
    escaped = query.replace("&", "&amp;")

    answer = by_htmx(desk, address(work, near, "ban", query), page=page)

    assert f'formaction="{address(work, near, "ban")}{escaped}"' in before
    assert titles(answer.text) == [title for title in titles(before) if title != "Near"]
    assert f'hx-post="{address(work, far, "pin")}{escaped}"' in answer.text
    assert f'hx-post="{address(work, near, "unban")}{escaped}"' in answer.text


def test_without_scripts_a_button_leads_back_to_the_page_with_its_lens(desk: Client, work, near, middle, far):
    answer = desk.post(address(work, near, "ban", "?lens=colour&within=collection"), follow=True)

    assert answer.redirect_chain == [(f"/works/{work.pk}/similar/?lens=colour&within=collection", 302)]
    assert titles(answer.text) == ["Far", "Middle"]
    assert "Near is no longer shown here." in answer.text


def test_a_browser_without_a_token_is_refused(work, near, curator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(curator)
    page = client.get(f"/works/{work.pk}/similar/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token

    assert client.post(address(work, near, "ban")).status_code == 403
    assert not CuratedNeighbour.objects.exists()
    assert client.post(address(work, near, "ban"), {"csrfmiddlewaretoken": token[1]}).status_code == 302
    assert CuratedNeighbour.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_others_get_403_and_what_one_may_not_see_is_404(desk: Client, work, near, verb: str):
    closed = factories.a_work(factories.a_collection(is_public=False))
    stranger = Client()
    stranger.force_login(factories.a_user(curates=factories.a_collection()))

    assert Client().post(address(work, near, verb)).status_code == 403
    assert stranger.post(address(work, near, verb)).status_code == 403
    assert desk.post(address(closed, near, verb)).status_code == 404
    assert desk.post(address(work, closed, verb)).status_code == 404
    assert desk.post(f"/works/{work.pk}/similar/{2**70}/{verb}/").status_code == 404
    assert not CurationLogEntry.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_reading_changes_nothing(desk: Client, work, near, verb: str):
    assert desk.get(address(work, near, verb)).status_code == 405
    assert not CurationLogEntry.objects.exists()


def test_a_pin_that_contradicts_a_colleague_is_refused_with_the_list_as_it_is(desk: Client, work, near, middle):
    curation.ban(work, near, factories.a_user("bob", curates=work.collection))

    answer = by_htmx(desk, address(work, near, "pin"))

    assert answer.status_code == 409
    assert "bob has already decided that this work does not belong here. Withdraw that decision first." in answer.text
    assert titles(answer.text) == ["Middle"]
    page = desk.post(address(work, near, "pin"), follow=True)
    assert "bob has already decided" in page.text


def test_a_work_is_refused_in_its_own_list(desk: Client, work, near):
    answer = by_htmx(desk, address(work, work, "ban"))

    assert answer.status_code == 422
    assert "A work cannot be pinned or hidden in its own list." in answer.text
    assert titles(answer.text) == ["Near"]


def test_visitors_see_what_was_chosen_and_no_tools(client: Client, work, near, middle, far, curator):
    curation.pin(work, far, curator)
    curation.ban(work, near, curator)

    text = panel(client, work).text

    assert text.count("Chosen by a curator") == 1
    assert text.index("Chosen by a curator") < text.index("Middle")
    for hidden in ("curate__", "Not shown here", "csrfmiddlewaretoken", "Near", "Unpin"):
        assert hidden not in text


def test_curators_have_a_button_for_each_statement_and_its_opposite(desk: Client, work, near, middle, far, curator):
    curation.pin(work, far, curator)
    curation.ban(work, near, curator)

    text = panel(desk, work).text

    buttons = re.findall(r'<button class="curate__button" id="([^"]*)"[^>]*>(.*?)</button>', text, re.DOTALL)
    assert [(name, re.sub(r"<.*?>", "", label)) for name, label in buttons] == [
        (f"pin-{far.pk}", "Unpin Far"),
        (f"pin-{middle.pk}", "Belongs here Middle"),
        (f"ban-{middle.pk}", "Does not belong here Middle"),
        (f"ban-{near.pk}", "Show again Near"),
    ]
    assert "Not shown here: 1 work<" in text
    assert "Hidden by ada on" in text


def test_a_banned_work_that_the_curator_may_no_longer_see_is_not_listed(desk: Client, work, near, curator):
    elsewhere = factories.a_work(title="Closed since")
    curation.ban(work, elsewhere, curator)
    Artwork.objects.filter(pk=elsewhere.pk).update(is_published=False)

    text = panel(desk, work).text

    assert "Closed since" not in text
    assert "Not shown here" not in text


def test_the_last_decision_stays_open_to_be_undone(desk: Client, work, near, middle):
    banned = by_htmx(desk, address(work, near, "ban")).text
    again = by_htmx(desk, address(work, near, "unban")).text

    assert '<details class="curated__part" id="not-shown" open>' in banned
    assert f'id="ban-{near.pk}"' in banned
    assert re.search(rf'<details open>(?:(?!</details>).)*id="ban-{near.pk}"', again, re.DOTALL)
    assert again.count("<details open>") == 1


def test_pins_are_shown_while_the_work_waits_for_its_vectors(desk: Client, client: Client, work, near, curator):
    curation.pin(work, near, curator)
    Embedding.objects.filter(image__artwork=work).delete()

    text = panel(client, work).text

    assert titles(text) == ["Near"]
    assert 'id="kin-waits"' in text


def test_a_work_that_the_list_does_not_show_is_added_by_its_number(desk: Client, work, near, collection):
    new = factories.an_image(factories.a_work(collection, accession_number="N.1", title="New")).artwork
    factories.a_work(accession_number="N.1")  # of another collection

    answer = by_htmx(desk, f"/works/{work.pk}/similar/add/?lens=colour", work=" N.1 ")

    assert titles(answer.text) == ["New", "Near"]
    assert CuratedNeighbour.objects.get().neighbour == new
    assert re.search(r'id="lens-colour"[^>]*aria-current="true"', answer.text)


@pytest.mark.parametrize(
    "form", ["/works/{}/", "https://museum.example/works/{}/?lens=look", "museum.example/works/{}"]
)
def test_a_work_is_added_by_its_address(desk: Client, work, near, form: str):
    other = factories.an_image(factories.a_work(title="Elsewhere")).artwork

    answer = by_htmx(desk, f"/works/{work.pk}/similar/add/", work=form.format(other.pk))

    assert titles(answer.text) == ["Elsewhere", "Near"]


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ("", "Enter an accession number, or the web address of a work."),
        ("N.404", "There is no such work, or you may not see it."),
        ("hidden", "There is no such work, or you may not see it."),
        ("/works/99999999999999999999/", "There is no such work, or you may not see it."),
        ("twice", "Several collections have a work of this number. Enter the web address of the work."),
        ("N" * 501, "This is too long for an accession number or an address."),
        ("N\0", "Null characters are not allowed."),
        ("asked", "A work cannot be pinned or hidden in its own list."),
    ],
)
def test_a_work_that_cannot_be_added_is_refused_in_one_sentence(desk: Client, work, near, entered: str, sentence: str):
    Artwork.objects.filter(pk=work.pk).update(accession_number="asked")
    factories.a_work(accession_number="hidden", is_published=False)
    for _ in range(2):
        factories.a_work(accession_number="twice")

    answer = by_htmx(desk, f"/works/{work.pk}/similar/add/", work=entered)

    assert answer.status_code == 422
    assert answer.text.count(sentence) == 1
    assert answer.context["entered"] == entered
    assert titles(answer.text) == ["Near"]
    assert not CuratedNeighbour.objects.exists()


def test_only_curators_add_works(client: Client, work, near):
    assert client.post(f"/works/{work.pk}/similar/add/", {"work": near.accession_number}).status_code == 403


def test_a_panel_takes_one_query_more_for_visitors_and_curators_take_few(
    client: Client, desk: Client, opened, collection, work, curator, django_assert_max_num_queries
):
    others = [a_work_seen(opened, collection, number / 50, number / 50) for number in range(40)]
    for pinned, banned in zip(others[:5], others[5:10], strict=True):
        curation.pin(work, pinned, curator)
        curation.ban(work, banned, curator)

    with django_assert_max_num_queries(9):
        text = panel(client, work).text
    with django_assert_max_num_queries(13):  # session, account, collections of the curator, banned works
        by_curator = panel(desk, work).text

    assert titles(text) == titles(by_curator)
    assert len(titles(text)) == 12
