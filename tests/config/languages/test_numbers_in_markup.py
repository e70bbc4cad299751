"""Numbers that programs read keep their point on German pages: a decimal comma breaks CSS, SVG and scripts."""

import re

import pytest
from django.test import Client

from collection.models import Artwork
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.grouped_works import a_cloud

pytestmark = pytest.mark.django_db

READ_BY_PROGRAMS = re.compile(
    r'\s(style|width|height|sizes|x|y|x1|x2|y1|y2|cx|cy|r|d|points|transform|viewBox|min|max|step|data-[\w-]+)="([^"]*)"'
)
COMMA = re.compile(r"(?<![\d,.])\d+,\d+(?![\d,])")
LISTS_OF_NUMBERS = {"points", "d", "data-works"}


@pytest.fixture
def works() -> list[Artwork]:
    """Works of two groups on a map."""
    collection = factories.a_collection(title="Prints")
    clouds = [a_cloud(collection, towards, 12, classification=f"Kind {towards}") for towards in range(2)]
    build()
    return [work for cloud in clouds for work in cloud]


def commas(page: str) -> list[str]:
    """Return the attributes with a number that has a decimal comma."""
    found = [(name, value) for name, value in READ_BY_PROGRAMS.findall(page) if name not in LISTS_OF_NUMBERS]
    return [f'{name}="{value}"' for name, value in found if COMMA.search(value)]


def test_german_pages_have_no_decimal_comma_in_attributes(client: Client, works: list[Artwork]) -> None:
    first, second = works[0].pk, works[1].pk
    group = re.search(r"/groups/\d+/", client.get("/groups/").text)
    assert group is not None
    pages = ["/", "/browse/", "/groups/", group[0], "/map/?view=0.5,0.5,1.5", "/map/?as=list", "/outliers/"]
    pages += [f"/works/{first}/", f"/works/{first}/similar/", f"/works/{first}/dissimilar/", f"/works/{first}/around/"]
    pages += [f"/works/{first}/compare/{second}/", f"/paths/{first}/{second}/", "/search/picture/"]

    answers = {page: client.get(page, headers={"Accept-Language": "de"}) for page in pages}

    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 200)
    assert all('<html lang="de">' in answer.text for answer in answers.values())
    assert {page: found for page, answer in answers.items() if (found := commas(answer.text))} == {}


def test_a_decimal_comma_is_found() -> None:
    assert commas('<i style="width: 1,5px"></i>') == ['style="width: 1,5px"']
    assert commas('<i style="width: 1.5px" data-place="0.5,0.5"></i>') == []
