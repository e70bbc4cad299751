"""The language of a response: the visitor's choice, or else what the browser accepts. Caches keep each one apart."""

import pytest
from django.conf import settings
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}
PAGES = ["/", "/browse/", "/search/picture/", "/login/", "/nowhere/"]


def varies_by(response) -> set[str]:
    return {name.strip() for name in response.get("Vary", "").split(",") if name.strip()}


def choose(client: Client, language: str, **fields: str):
    return client.post("/language/", {"language": language, **fields})


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_in_the_language_that_the_browser_accepts(client: Client, address: str):
    page = client.get(address, headers=GERMAN)

    assert '<html lang="de">' in page.text
    assert page["Content-Language"] == "de"


@pytest.mark.parametrize("accepted", [{}, {"Accept-Language": "en-US,en"}, {"Accept-Language": "fr"}])
def test_a_page_is_english_for_other_browsers(client: Client, accepted: dict[str, str]):
    page = client.get("/", headers=accepted)

    assert '<html lang="en-gb">' in page.text
    assert page["Content-Language"] == "en-gb"


@pytest.mark.parametrize("address", PAGES)
def test_a_cache_keeps_the_languages_of_a_page_apart(client: Client, address: str):
    assert {"Cookie", "Accept-Language"} <= varies_by(client.get(address))


def test_the_api_names_the_language_of_its_sentences(client: Client):
    answer = client.get("/api/v1/works/999", headers=GERMAN)

    assert answer["Content-Language"] == "de"
    assert {"Cookie", "Accept-Language"} <= varies_by(answer)


def test_a_cache_keeps_one_copy_of_a_picture_for_all_languages(client: Client, media):
    picture = client.get(factories.a_painted_image().small_url, headers=GERMAN)

    assert picture.status_code == 200
    assert "Content-Language" not in picture
    assert not {"Cookie", "Accept-Language"} & varies_by(picture)


def test_a_choice_outweighs_what_the_browser_accepts(client: Client):
    choose(client, "en-gb")

    assert client.get("/", headers=GERMAN)["Content-Language"] == "en-gb"


def test_a_choice_stays_and_can_be_changed(client: Client):
    choose(client, "de")
    chosen = [client.get(address)["Content-Language"] for address in PAGES]
    choose(client, "en-gb")

    assert chosen == ["de"] * len(PAGES)
    assert client.get("/")["Content-Language"] == "en-gb"


def test_the_switch_needs_no_token_and_leads_back_to_the_page():
    answer = choose(Client(enforce_csrf_checks=True), "de", next="/browse/?q=sea")

    assert (answer.status_code, answer["Location"]) == (302, "/browse/?q=sea")
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"


def test_a_public_page_sets_no_cookie(client: Client):
    assert not client.get("/").cookies


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_switch_does_not_leave_the_site(client: Client, address: str):
    answer = choose(client, "de", next=address)

    assert answer.status_code in {204, 302}
    assert answer.get("Location", "/") == "/"


def test_an_unknown_language_is_not_chosen(client: Client):
    answer = choose(client, "xx")

    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_reading_the_address_of_the_switch_changes_nothing(client: Client):
    answer = client.get("/language/", {"language": "de"})

    assert not answer.cookies
    assert client.get("/")["Content-Language"] == "en-gb"


def test_a_german_page_loads_the_texts_of_scripts_before_all_modules(client: Client):
    german, english = client.get("/", headers=GERMAN).text, client.get("/").text

    assert 0 < german.index('src="/language/de.js"') < german.index('type="module"')
    assert "/language/" not in english.partition("<body>")[0]


def test_the_texts_of_scripts_are_public_and_the_same_for_every_visitor(client: Client):
    texts = client.get("/language/de.js", headers={"Accept-Language": "en"})

    assert texts["Content-Type"].startswith("text/javascript")
    assert "django.gettext" in texts.text
    assert "public" in texts["Cache-Control"]
    assert not {"Cookie", "Accept-Language"} & varies_by(texts)


@pytest.mark.parametrize("name", ["xx", "fr", "de-at"])
def test_an_unknown_language_has_no_texts_of_scripts(client: Client, name: str):
    assert client.get(f"/language/{name}.js").status_code == 404
