"""A text of any kind and length is searched for, or refused in one sentence."""

import pytest

from tests.factories import a_work

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "results"}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_text_that_is_too_long_is_refused_in_a_sentence(client, headers):
    a_work(title="Vase")

    answer = client.get("/browse/", {"q": "vase " * 2_000}, headers=headers)

    assert answer.status_code == 200
    assert "at most 200 characters. This text has 9,999." in answer.text
    assert ">Vase<" not in answer.text


@pytest.mark.parametrize("q", ["!!!", "🎨", "\u200f\u202e", "- - -", '""', "'); --", "   .", "\u0301"])
def test_a_text_without_words_finds_nothing_and_the_page_says_why(client, q):
    a_work(title="Vase")

    page = client.get("/browse/", {"q": q})

    assert page.status_code == 200
    assert "no letter or digit" in page.text or not q.strip()
    assert not page.context["page"].works


@pytest.mark.parametrize(
    "q",
    [
        "\0vase", "vase\r\n", "vase 🎨", "vase & (", "vase:*", "vase'", "va\\se vase", "vase <-> vase", "<vase>",
        '"vase',
        "OR vase", "vase OR", "OR OR vase", "vase\u202e", "-- vase", "vase --", "vase !vase", "vase %_", "vase " * 16,
        "\ud800 vase",
    ],
)  # fmt: skip
def test_operators_and_odd_characters_do_no_harm(client, q):
    a_work(title="Vase")

    page = client.get("/browse/", {"q": q.encode("utf-8", "surrogatepass")})

    assert page.status_code == 200
    assert [work.title for work in page.context["page"].works] in (["Vase"], [])
    assert "Traceback" not in page.text


def test_of_very_many_words_the_first_are_searched_for_and_the_page_says_so(client):
    a_work(title="Vase")

    page = client.get("/browse/", {"q": "vase " * 30})

    assert "Only the first 16 words were searched for." in page.text
    assert [work.title for work in page.context["page"].works] == ["Vase"]


def test_titles_are_shown_as_text_also_where_words_are_marked(client):
    a_work(
        title="<script>alert(1)</script> & vase", creators=["<b>Ann</b>"], medium="vase <img src=x onerror=alert(1)>"
    )

    page = client.get("/browse/", {"q": "vase script img onerror"}).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;<mark>script</mark>&gt;alert(1)" in page
    assert "Medium: <mark>vase</mark> &lt;<mark>img</mark>" in page or "<mark>img</mark>" in page


@pytest.mark.parametrize(
    ("fields", "q", "expected"),
    [
        ({"title": "Blue vases"}, "vase", "Blue <mark>vases</mark>"),
        ({"title": "Still life"}, "stil lif", "<mark>Still life</mark>"),
        ({"creators": ["István Halmágyi"]}, "halmagyi", "István <mark>Halmágyi</mark>"),
        ({"medium": "Oil on canvas"}, "canvas", "Medium: Oil on <mark>canvas</mark>"),
        ({"accession_number": "1923.45"}, "1923.4", "Number: <mark>1923.4</mark>5"),
        ({"description": "Word " * 40 + "harbour " + "word " * 40}, "harbours", "… Word"),
    ],
)
def test_what_was_found_is_marked_in_the_field_that_has_it(client, fields, q, expected):
    a_work(**{"title": "Work", **fields})

    page = client.get("/browse/", {"q": q}).text

    assert expected in page


@pytest.mark.parametrize("filler", ["word ", "字"])
def test_of_a_very_long_description_only_the_beginning_is_looked_through_for_a_snippet(client, filler):
    rest = (filler * 6_000)[:6_000]
    a_work(title="Early", description=f"{rest[:4_000]} harbour {rest}")
    a_work(title="Late", description=f"{rest} harbour")

    works = client.get("/browse/", {"q": "harbour"}).context["page"].works
    shown = {work.title: work.hit for work in works}

    assert "<mark>harbour</mark>" in shown["Early"].text
    assert shown["Late"].field == ""


def test_several_words_are_marked_in_the_first_field_that_has_any_of_those_left(client):
    a_work(title="Blue vase", medium="Ink", culture="Korean", description="A vase in ink")

    (work,) = client.get("/browse/", {"q": "vase korean ink"}).context["page"].works

    assert work.hit.title == "Blue <mark>vase</mark>"
    assert (work.hit.field, work.hit.text) == ("Medium", "<mark>Ink</mark>")
