"""The lenses and the scope that a query string chooses."""

import pytest

from similarity.neighbours import lens_forms

OFFERED = ("look", "colour")


@pytest.mark.parametrize(
    ("fields", "shares"),
    [
        ({}, {"look": 100}),
        ({"lens": "colour"}, {"colour": 100}),
        ({"lens": "colour", "look": "50"}, {"colour": 100}),
        ({"look": "70", "colour": "30"}, {"look": 70, "colour": 30}),
        ({"look": "0", "colour": "30"}, {"colour": 30}),
        ({"look": "0", "colour": "0"}, {"look": 100}),
        ({"look": "101", "colour": "nan"}, {"look": 100}),
        ({"look": "lots", "colour": "5"}, {"colour": 5}),
        ({"texture": "50"}, {"look": 100}),
        ({"lens": "smell", "colour": "50"}, {"look": 100}),
    ],
)
def test_what_is_asked_for_is_read_from_the_address(fields: dict[str, str], shares: dict[str, float]):
    assert lens_forms.read(fields, OFFERED).shares == shares


@pytest.mark.parametrize(
    ("fields", "is_zero"),
    [
        ({"look": "0", "colour": "0"}, True),
        ({"look": "0", "colour": "1"}, False),
        ({"lens": "colour", "look": "0"}, False),
        ({"texture": "0"}, False),
        ({}, False),
    ],
)
def test_a_blend_of_zero_shares_differs_from_no_blend(fields: dict[str, str], is_zero: bool):
    assert lens_forms.read(fields, OFFERED).is_zero == is_zero


def test_a_written_query_string_is_read_as_the_same_choice():
    for shares in ({"look": 100.0}, {"colour": 100.0}, {"look": 70.0, "colour": 12.5}):
        for is_within, view in ((False, ""), (True, ""), (False, "7"), (True, "7")):
            choice = lens_forms.Choice(shares, is_within, view)
            fields = dict(part.split("=") for part in choice.query.lstrip("?").split("&") if part)

            assert lens_forms.read(fields, OFFERED) == choice


def test_without_any_lens_nothing_is_chosen():
    assert lens_forms.read({}, []).shares == {}
    assert lens_forms.read({}, ["colour"]).query == "?lens=colour"


@pytest.mark.parametrize("shares", [{"look": 100.0}, {"colour": 100.0}, {"look": 70.0, "colour": 12.5}])
@pytest.mark.parametrize("collection", ["", "prints-2", "a" * 50])
def test_a_written_query_string_of_a_search_is_read_as_the_same_choice(shares: dict[str, float], collection: str):
    choice = lens_forms.Choice(shares, collection=collection)
    fields = dict(part.split("=") for part in choice.query.lstrip("?").split("&") if part)

    assert lens_forms.read_search(fields, OFFERED) == choice


@pytest.mark.parametrize("collection", ["<b>", "a b", "ä", "a" * 51, "prints&lens=colour"])
def test_text_that_is_no_slug_is_ignored(collection: str):
    assert lens_forms.read_search({"collection": collection}, OFFERED).query == ""
