"""docs/operations.md lists every setting as config/env.py has it."""

import pytest
from pydantic.fields import FieldInfo

from config.env import Env
from tests.config.joining import ROOT

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

    assert "Your picture is not added to the collection. A small copy is kept for ten minutes" in page
    assert "bytes of a searched picture stay in the append-only file until Redis rewrites it" in DOCUMENT
