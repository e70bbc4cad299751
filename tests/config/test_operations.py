"""docs/operations.md lists every setting as config/env.py has it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pydantic.fields import FieldInfo

from config.env import Env
from similarity.image_query import searches
from similarity.workers import ephemeral
from tests.config.joining import ROOT
from tests.factories import painted

NUMBERS = {5: "five", 10: "ten", 15: "fifteen"}
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()


def row(name: str, field: FieldInfo) -> str:
    """The start of a setting's line in the table; what it decides follows in words."""
    variable = field.validation_alias or f"KINDRED_{name.upper()}"
    return f"| `{variable}` | {default(field.default)} | {field.description} |"


def default(value: object) -> str:
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{','.join(value) if isinstance(value, tuple) else value}`"


@pytest.mark.parametrize("name", Env.model_fields)
def test_every_setting_is_documented_with_its_default(name):
    assert row(name, Env.model_fields[name]) in DOCUMENT


def test_no_setting_is_documented_that_there_is_not():
    rows = [line for line in DOCUMENT.splitlines() if line.startswith(("| `KINDRED_", "| `DATABASE_", "| `REDIS_"))]

    assert len(rows) == len(Env.model_fields)


@pytest.mark.django_db
def test_what_visitors_are_promised_about_their_picture_has_its_footnote_for_operators(client):
    page = " ".join(client.get("/search/picture/").text.split())

    kept_min = searches.VECTOR_TTL_S // 60
    assert "Your picture is not added to the collection." in page
    assert f"The site keeps a small copy for {NUMBERS[kept_min]} minutes" in page
    assert "Your browser keeps a copy for this tab until you leave the search or close the tab." in page
    assert "bytes of a searched picture stay in the append-only file until Redis rewrites it" in DOCUMENT


@pytest.mark.django_db
def test_a_searched_picture_is_in_redis_for_no_longer_than_visitors_are_told(client, media):
    with ephemeral.connect() as redis:
        redis.delete(searches.QUEUE)
        before = set(redis.scan_iter(f"{searches.PREFIX}*"))
        client.post("/search/picture/", {"picture": SimpleUploadedFile("mine.jpg", painted(5), "image/jpeg")})

        kept_s = [redis.ttl(key) for key in set(redis.scan_iter(f"{searches.PREFIX}*")) - before]
        redis.delete(searches.QUEUE)

    assert kept_s
    assert all(0 < ttl_s <= searches.VECTOR_TTL_S for ttl_s in kept_s)
    assert not any(media.rglob("*.*"))
