"""The museum's texts, odd ones too, and where its name stands."""

import html

import pytest
from django.core import mail
from django.test import Client

from collection.models import Appearance
from tests import factories
from tests.config.appearance import looks

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


def test_texts_are_escaped_on_every_page(client: Client):
    looks.a_published(name=SCRIPT, home_title=f"{SCRIPT}!", home_text=f"{SCRIPT}\n<b>?", footer_line=f"{SCRIPT}.")

    page = client.get("/").text

    assert SCRIPT not in page
    assert page.count(html.escape(SCRIPT)) >= 5
    assert f"{html.escape(SCRIPT)}<br>&lt;b&gt;?" in page


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\u202eMuseum\u202c of\tTides ", "Museum of Tides"),
        ("متحف\u200f المد", "متحف\u200f المد"),
        ("Tides 👩‍🎨🌊", "Tides 👩‍🎨🌊"),
        ("\u200f\u200e\u2066", ""),
        ("  ", ""),
    ],
)
def test_invisible_characters_are_removed_from_a_name(administrator: Client, text: str, kept: str):
    administrator.post(looks.ADD, looks.form(name=text))

    assert Appearance.objects.get().name == kept


def test_a_name_of_500_characters_is_refused(administrator: Client):
    answer = administrator.post(looks.ADD, looks.form(name="x" * 500))

    assert "at most 80 characters" in looks.problems(answer)


def test_lines_of_the_home_text_are_kept(administrator: Client):
    administrator.post(looks.ADD, looks.form(home_text="One.\r\n\r\nTwo."))

    assert Appearance.objects.get().home_text == "One.\n\nTwo."


def test_the_api_and_e_mails_bear_the_name_of_the_museum(client: Client):
    looks.a_published()
    user = factories.a_user()
    user.email = "ann@example.org"
    user.save()

    document = client.get("/api/v1/openapi.json").json()
    client.post("/account/password/reset/", {"email": user.email})

    assert document["info"]["title"] == "Museum of Tides"
    assert "Museum of Tides at testserver" in mail.outbox[0].body
    assert "Kindred" not in mail.outbox[0].body


def test_titles_bear_the_name_of_the_museum(client: Client):
    looks.a_published()

    assert "<title>Museum of Tides: works that look alike</title>" in client.get("/").text
    assert " · Museum of Tides</title>" in client.get("/browse/").text


def test_the_page_of_a_fault_bears_the_last_known_name(client: Client):
    looks.a_published()
    client.get("/login/")
    from django.urls import get_resolver

    answer = get_resolver().resolve_error_handler(500)(None)

    assert answer.status_code == 500
    assert "Museum of Tides" in answer.content.decode()


def test_without_a_look_of_its_own_the_site_is_kindred_and_asks_for_nothing_more(client: Client):
    page = client.get("/").text

    assert "<title>Kindred: works that look alike</title>" in page
    assert "Kindred: every work has its kin." in page
    assert "/appearance/" not in page
    assert "Powered by" not in page


def test_colours_and_typefaces_come_from_a_file_that_browsers_keep(client: Client):
    looks.a_published(accent_light=looks.TEAL, typefaces="system-sans")

    page = client.get("/")
    (address,) = {part.split('"')[0] for part in page.text.split('href="') if part.startswith("/appearance/")}
    sheet = client.get(address)

    assert "fonts/" not in page.text
    assert "<style" not in page.text
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert looks.TEAL in sheet.text
    assert (sheet["Content-Type"], sheet["Cache-Control"]) == (
        "text/css; charset=utf-8", "public, max-age=31536000, immutable",
    )  # fmt: skip
    assert client.get(address, headers={"If-None-Match": sheet["ETag"]}).status_code == 304
