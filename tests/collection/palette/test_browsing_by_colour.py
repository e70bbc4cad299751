"""Works are found by one colour or by several that occur together, within a tolerance, beside all other filters."""

import re

import numpy as np
import pytest
from django.test import Client

from collection.browsing import colours
from collection.imaging.palette import colour_cells, lab
from collection.models import Artwork
from tests import factories

pytestmark = pytest.mark.django_db

RED, BLUE, GREEN = "b3261e", "2f5aa8", "3f7a46"


def a_work_in(*digits: str, **fields: object) -> Artwork:
    """A work with a picture of these colours."""
    work = factories.a_work(**fields)
    cells = [
        colour_cells.cell_of(tuple(lab.lab(np.frombuffer(bytes.fromhex(each), np.uint8)).tolist())) for each in digits
    ]
    factories.an_image(work, colour_cells=cells)
    return work


def found(client: Client, query: str) -> set[int]:
    response = client.get(f"/browse/{query}")
    assert response.status_code == 200
    return {int(pk) for pk in re.findall(r'work-card__link" href="/works/(\d+)/"', response.text)}


def test_a_colour_finds_the_works_that_have_it(client: Client):
    red, both, blue = a_work_in(RED), a_work_in(RED, BLUE), a_work_in(BLUE)

    assert found(client, f"?colour={RED}") == {red.pk, both.pk}
    assert found(client, f"?colour={RED.upper()}&colour=%23{BLUE}") == {both.pk}
    assert found(client, f"?colour={GREEN}") == set()
    assert found(client, "") == {red.pk, both.pk, blue.pk}


def test_two_colours_must_occur_in_one_picture(client: Client):
    work = a_work_in(RED)
    factories.an_image(work, colour_cells=a_work_in(BLUE).images.get().colour_cells)

    assert found(client, f"?colour={RED}&colour={BLUE}") == set()


def test_a_wider_tolerance_finds_more(client: Client):
    near = a_work_in("c8453c")

    assert found(client, f"?colour={RED}&tolerance=wide") == {near.pk}
    assert found(client, f"?colour={RED}&tolerance=narrow") == set()


def test_colours_combine_with_text_and_other_filters(client: Client):
    wanted = a_work_in(RED, title="A sunset", classification="Print")
    a_work_in(RED, title="A sunset", classification="Drawing")
    a_work_in(BLUE, title="A sunset", classification="Print")

    assert found(client, f"?q=sunset&classification=Print&colour={RED}") == {wanted.pk}


@pytest.mark.parametrize(
    "colour", ["", "red", "12345", "1234567", "gggggg", "%00b3261e", "-1", "b3261e%27--", "²²²²²²"]
)
def test_what_is_no_colour_is_ignored(client: Client, colour: str):
    work = a_work_in(BLUE)

    assert found(client, f"?colour={colour}&tolerance={colour}") == {work.pk}


def test_at_most_three_colours_count(client: Client):
    work = a_work_in(RED, BLUE, GREEN)

    assert found(client, f"?colour={RED}&colour={BLUE}&colour={GREEN}&colour=ffffff") == {work.pk}


def test_a_chosen_colour_is_checked_named_and_can_be_taken_away(client: Client):
    a_work_in(RED)

    text = client.get(f"/browse/?colour={RED}&colour=b42620").text

    assert re.search(rf'value="{RED}" checked', text)
    assert re.search(r'value="b42620" checked', text)
    assert re.search(r'href="/browse/\?colour=b42620"><span class="visually-hidden">Without </span>Red<', text)
    assert "Like red" in text


def test_every_named_colour_finds_itself():
    for digits in colours.NAMED:
        (cell,) = a_work_in(digits).images.get().colour_cells
        assert cell in colour_cells.cells_near(digits, colour_cells.TOLERANCES["narrow"])


def test_the_home_page_leads_to_each_named_colour(client: Client):
    a_work_in(RED)

    text = client.get("/").text

    assert [digits for digits in colours.NAMED if f'href="/browse/?colour={digits}"' in text] == list(colours.NAMED)
