"""The comparison of two spaces: a random sample, both extremes, the agreement, and the shared neighbours."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from similarity.index.store import Neighbour
from similarity.models import Space
from similarity.space_pages import comparison_page
from similarity.space_pages.comparison import Case, Comparison, Order

pytestmark = pytest.mark.django_db


def a_case(image_id: int, here: list[int], there: list[int]) -> Case:
    """Neighbours by the ids of their works."""
    sides = [[Neighbour(work, work, 0.1 * place) for place, work in enumerate(works)] for works in (here, there)]
    return Case(image_id, *sides)


@pytest.fixture
def found() -> Comparison:
    """Twenty works; the k-th has k % 3 of two neighbours in common."""
    common = {0: [3, 4], 1: [1, 4], 2: [1, 2]}
    return Comparison([a_case(number, [1, 2], common[number % 3]) for number in range(20)])


def address(two: tuple[Space, Space]) -> str:
    old, new = two
    return reverse("spaces-compare", args=[new.pk, old.pk])


def test_a_sample_is_the_same_each_time_and_of_all_kinds(found: Comparison):
    sample = found.ordered(Order.SAMPLE)

    assert sample == found.ordered(Order.SAMPLE)
    assert sorted(case.image_id for case in sample) == list(range(20))
    assert {case.overlap for case in sample[:10]} == {0.0, 0.5, 1.0}


def test_works_are_ordered_by_the_agreement_of_the_two_spaces(found: Comparison):
    assert {case.overlap for case in found.ordered(Order.DIFFER)[:7]} == {0.0}
    assert {case.overlap for case in found.ordered(Order.AGREE)[:6]} == {1.0}


def test_each_number_in_common_is_counted_also_where_it_never_occurs(found: Comparison):
    assert found.by_shared == [7, 7, 6]
    assert Comparison([a_case(1, [1, 2, 3], [1, 2, 3])]).by_shared == [0, 0, 0, 1]
    assert Comparison([]).by_shared == [0]


@pytest.mark.parametrize(("word", "count"), [("", 6), ("12", 12), ("-3", 6), ("1", 6), ("9999", 6), ("abc", 6)])
def test_an_invalid_count_shows_as_many_as_at_first(word: str, count: int):
    assert comparison_page.count_of(word) == count


def test_the_page_offers_a_sample_and_both_extremes(admin_client: Client, two: tuple[Space, Space]):
    page = admin_client.get(address(two)).text
    differing = admin_client.get(address(two), {"show": "differ"}).text
    nonsense = admin_client.get(address(two), {"show": "<b>"}).text

    assert '<a href="?show=sample#cases" aria-current="true">A random sample</a>' in page
    assert '<a href="?show=differ#cases" aria-current="true">Where they differ most</a>' in differing
    assert '<a href="?show=sample#cases" aria-current="true">' in nonsense


def test_shared_neighbours_are_marked_and_counted(admin_client: Client, two: tuple[Space, Space]):
    page = admin_client.get(address(two)).text

    (first, *_) = page.split('<article class="case"')[1:]
    marks = first.split("</article>")[0].count(">both</span>")
    (shared,) = re.findall(r"(\d+) of 2 in common", first.split("</article>")[0])
    assert marks == 2 * int(shared)


def test_the_agreement_is_drawn_and_described(admin_client: Client, two: tuple[Space, Space]):
    page = admin_client.get(address(two)).text

    assert "<desc>Nearest works in common: 0: 0; 1: 0; 2: 3</desc>" in page


def test_a_few_works_are_shown_at_first_and_more_on_demand(
    admin_client: Client, two: tuple[Space, Space], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(comparison_page, "CASES", 2)

    first = admin_client.get(address(two), {"show": "agree"}).text
    then = admin_client.get(address(two), {"show": "agree", "cases": "4"}).text

    assert first.count('<article class="case"') == 2
    assert 'href="?show=agree&amp;cases=4#case-3"' in first
    assert then.count('<article class="case"') == 3
    assert ">More</a>" not in then


def test_a_space_that_can_go_live_is_switched_from_here(admin_client: Client, two: tuple[Space, Space]):
    _, new = two

    page = admin_client.get(address(two)).text

    assert page.count('class="confirm"') == 1
    assert f'action="{reverse("spaces-activate", args=[new.pk])}"' in page
