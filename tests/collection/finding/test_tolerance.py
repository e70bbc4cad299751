"""A text search tolerates missing accents, unfinished words, typing errors and other forms of a word."""

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection

from collection.browsing.text import corrections, search_indexing
from collection.models import Artwork, SearchWord
from tests.factories import a_collection, a_user, a_work

pytestmark = pytest.mark.django_db


def titles(client, q: str, **more: str) -> list[str]:
    page = client.get("/browse/", {"q": q, **more}).context["page"]
    return [work.title for work in page.works]


@pytest.mark.parametrize(
    ("title", "maker", "q"),
    [
        ("Vase", "István Halmágyi", "Halmagyi"),
        ("Vase", "Istvan Halmagyi", "Halmágyi"),
        ("Landskab", "Nicolai Ørsted", "orsted"),
        ("Widok Łodzi", "", "lodzi"),
        ("Straße", "", "strasse"),
        ("Œuvre", "", "oeuvre"),
        ("The ﬁgure", "", "figure"),
        ("“Boats”—at sea", "", "boats"),
        ("Oil/canvas", "", "canvas"),
        ("A\u200fg\u202enolo", "", "agnolo"),
        ("Ёлка", "", "ЕЛКА"),
    ],
)
def test_accents_and_signs_do_not_matter(client, title, maker, q):
    a_work(title=title, creators=[maker] if maker else [])

    assert titles(client, q) == [title]


@pytest.mark.parametrize(
    "q", ["vas", "VASES", "porcel vas", '"porcelain vase"', "cup OR vase", "vase -cup", "the vase"]
)
def test_word_beginnings_forms_and_operators_find_a_work(client, q):
    a_work(title="Porcelain vase")
    a_work(title="Bowl with a cup-mark", medium="clay")

    assert "Porcelain vase" in titles(client, q)


@pytest.mark.parametrize("q", ['"vase porcelain"', "vase -porcelain", '-"porcelain vase"', "ase"])
def test_operators_leave_a_work_out(client, q):
    a_work(title="Porcelain vase")

    assert titles(client, q, verbatim="1") == []


def test_half_a_word_finds_it_in_titles_first(client):
    a_work(title="Transparencies")
    a_work(title="Bowl", credit_line="Transferred from the library")

    assert titles(client, "tran") == ["Transparencies", "Bowl"]


def test_a_whole_word_comes_before_words_that_begin_with_it(client):
    a_work(title="Art")
    a_work(title="Artichoke")

    assert titles(client, "art") == ["Art", "Artichoke"]


def test_a_number_comes_first_whole_then_by_its_beginning_however_it_is_punctuated(client):
    a_work(title="Study after 1923.4")
    a_work(title="Beginning", accession_number="1923.45")
    a_work(title="Whole", accession_number="1923.4")

    assert titles(client, "1923 4") == titles(client, "1923.4") == ["Whole", "Beginning", "Study after 1923.4"]


@pytest.mark.parametrize(
    ("q", "found"), [("vaze", "vase"), ("vsae", "vase"), ("vaase", "vase"), ("porclain vaze", "porcelain vase")]
)
def test_a_typing_error_is_corrected_and_the_page_says_so(client, q, found):
    a_work(title="Porcelain vase")

    page = client.get("/browse/", {"q": q}).text

    assert titles(client, q) == ["Porcelain vase"]
    assert f"Showing results for <strong>{found}</strong>" in page
    assert f"Search for {q} instead" in page
    assert f'value="{q}"' in page


def test_a_word_is_not_corrected_if_it_is_wanted_as_it_is_or_if_works_have_it(client):
    a_work(title="Vase")
    a_work(title="Vaze, a river")

    assert titles(client, "vaze") == ["Vaze, a river"]
    assert titles(client, "vasw", verbatim="1") == []
    assert titles(client, "vasw") == ["Vase"]


def test_of_two_similar_words_that_of_more_works_is_shown(client):
    for title in ("Vale", "Vase", "Vase"):
        a_work(title=title)

    assert set(titles(client, "vaxe")) == {"Vase"}


def test_no_correction_says_what_is_not_on_view(client):
    reserve = a_collection(is_public=False)
    a_work(title="Stolen Rembrandt", is_published=False)
    a_work(reserve, title="Rembrandt")

    page = client.get("/browse/", {"q": "rembrant"}).text
    client.force_login(a_user(curates=reserve))

    assert SearchWord.objects.filter(word="rembrandt").exists()
    assert "rembrandt" not in page.lower()
    assert titles(client, "rembrant") == ["Rembrandt"]


def test_a_hidden_word_does_not_keep_a_similar_word_from_being_shown(client):
    a_work(title="Vaze", is_published=False)
    a_work(title="Vase")

    assert titles(client, "vaze") == ["Vase"]


@pytest.mark.parametrize(
    ("languages", "found"),
    [
        ((), []),
        (("english",), []),
        (("german",), ["Häuser am See"]),
        (("english", "french", "german"), ["Häuser am See"]),
    ],
)
def test_stems_are_those_of_the_languages_in_the_settings(client, settings, languages, found):
    a_work(title="Häuser am See")
    settings.KINDRED_SEARCH_LANGUAGES = languages
    call_command("index_search")

    assert search_indexing.languages_of_index() == list(languages)
    assert titles(client, "häusern", verbatim="1") == found


def warnings() -> list[str]:
    found = checks.run_checks(databases=["default"])
    return [each.msg for each in found if each.id == "collection.W001"]


def test_a_check_says_that_works_must_be_indexed_after_a_change_of_the_languages(settings):
    settings.KINDRED_SEARCH_LANGUAGES = ("english", "german")
    before = warnings()

    call_command("index_search")

    assert before == [
        "Works are indexed for text search by stems of english, but KINDRED_SEARCH_LANGUAGES has english, german."
    ]
    assert warnings() == []


def test_without_the_tables_of_text_search_there_is_no_warning(settings):
    settings.KINDRED_SEARCH_LANGUAGES = ()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE collection_searchindex RENAME TO collection_later")

    assert warnings() == []


def test_indexing_again_forgets_words_that_no_work_has(client):
    a_work(title="Haystacks")
    Artwork.objects.update(title="Poplars")

    call_command("index_search")

    assert set(SearchWord.objects.values_list("word", flat=True)) >= {"poplars"}
    assert not SearchWord.objects.filter(word="haystacks").exists()


def test_statements_by_hand_are_indexed_as_well(client):
    work = a_work(title="Haystacks")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_artwork SET title = 'Halmágyi' WHERE id = %s", [work.pk])

    assert titles(client, "halmagyy") == ["Halmágyi"]


def test_a_description_of_any_length_is_indexed_as_far_as_possible(client):
    words = " ".join(f"w{number}é" for number in range(200_000))

    a_work(title="Long", description=words)

    assert titles(client, "w17e") == ["Long"]


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [
        ("vase", "vase", 0),
        ("vaze", "vase", 1),
        ("vsae", "vase", 1),
        ("vas", "vase", 1),
        ("esav", "vase", 3),
        ("a", "abcd", 3),
    ],
)
def test_the_distance_of_two_words_counts_their_errors(one, other, errors):
    assert corrections.distance(one, other, 2) == errors
