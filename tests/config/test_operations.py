"""docs/operations.md lists the settings of config/env.py. Pages and docs state correctly how long a picture stays."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pydantic.fields import FieldInfo

from collection.models import ArtworkImage
from config.env import Env
from similarity.image_query import answering, searches
from similarity.workers import ephemeral
from tests import broker, fakes
from tests.config.joining import ROOT
from tests.factories import painted

MINUTES = {"five": 5, "ten": 10, "fifteen": 15}
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
SETTINGS = DOCUMENT.partition("## Settings\n")[2].partition("\n## ")[0]
TEXTS = [*ROOT.glob("*.md"), ROOT / "Makefile", *(ROOT / "docs").rglob("*.md")]


def variable(name: str) -> str:
    return str(Env.model_fields[name].validation_alias or f"KINDRED_{name.upper()}")


def row(name: str, field: FieldInfo) -> str:
    """Return the start of a setting's row in the table. The meaning follows in words of its own."""
    return f"| `{variable(name)}` | {default(field.default)} | {field.description} | "


def default(value: object) -> str:
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{','.join(value) if isinstance(value, tuple) else value}`"


@pytest.mark.parametrize("name", Env.model_fields)
def test_every_setting_is_documented_with_its_default_and_its_meaning(name):
    rows = [line for line in SETTINGS.splitlines() if line.startswith(row(name, Env.model_fields[name]))]

    assert len(rows) == 1
    assert re.search(r"\w.* \|$", rows[0].removeprefix(row(name, Env.model_fields[name])))


def test_the_table_holds_the_settings_and_no_other_row():
    documented = re.findall(r"^\| `(\w+)` \|", SETTINGS, re.M)

    assert sorted(documented) == sorted(map(variable, Env.model_fields))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_document_names_a_setting_that_does_not_exist(path):
    named = set(re.findall(r"\bKINDRED_[A-Z]\w+", path.read_text()))

    assert named <= set(map(variable, Env.model_fields))


def seconds_stated(client: Client) -> int:
    """Return how long the search page says that the site keeps a copy of the picture."""
    page = " ".join(client.get("/search/picture/").text.split())
    return 60 * MINUTES[re.search(r"The site keeps a small copy for (\w+) minutes", page)[1]]


def expiries_s(keys: set[bytes]) -> list[tuple[str, int]]:
    """Return what each key holds, and the seconds until it expires. Redis returns -1 for a key that never does."""
    with ephemeral.connect() as redis:
        return [(key.decode().removeprefix(searches.PREFIX).split(":")[0], redis.ttl(key)) for key in keys]


def search_keys() -> set[bytes]:
    with ephemeral.connect() as redis:
        return set(redis.scan_iter(f"{searches.PREFIX}*"))


@pytest.mark.django_db
def test_the_site_forgets_a_searched_picture_when_visitors_are_told_that_it_does(client, media):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    broker.clear()
    before = search_keys()

    client.post("/search/picture/", {"picture": SimpleUploadedFile("mine.jpg", painted(5), "image/jpeg")})
    waiting = expiries_s(search_keys() - before)
    ((token,),) = broker.questions(searches.SEARCH)
    broker.clear()
    answering.answer(token, lambda _: embedder)
    answered = expiries_s(search_keys() - before)

    assert "picture" in dict(waiting)
    assert "copy" in dict(answered)
    assert "picture" not in dict(answered)
    assert all(0 < left_s <= seconds_stated(client) for _, left_s in waiting + answered)
    assert not ArtworkImage.objects.exists()
    assert not any(media.rglob("*.*"))


@pytest.mark.django_db
def test_visitors_are_told_where_copies_of_their_picture_are(client):
    page = " ".join(client.get("/search/picture/").text.split())

    assert "Your picture is not added to the collection." in page
    assert "Your browser keeps a copy for this tab until you leave the search and the works that you open" in page


def test_operators_are_told_of_pictures_in_the_append_only_file_of_redis():
    assert "bytes of a searched picture stay in the append-only file until Redis rewrites it" in DOCUMENT
