"""The numbers of a page follow each verdict that is given on it. An answer replaces no number that its page lacks."""

import itertools
import re
from collections.abc import Callable

import pytest

from similarity.duplicates import grouping
from similarity.duplicates.review import verdicts
from similarity.models import DuplicateCase, DuplicatePair, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def from_page(address: str) -> dict[str, str]:
    """The headers of a request by htmx from the page at this address."""
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}


def waiting_pair() -> tuple[DuplicatePair, str]:
    return a_pair(), "/review/"


def filtered_pair() -> tuple[DuplicatePair, str]:
    return a_pair(), "/review/?kind=unknown"


def decided_pair() -> tuple[DuplicatePair, str]:
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.SIMILAR, factories.a_user("carol"))
    return pair, "/review/decided/?verdict=similar"


def pair_of_a_case() -> tuple[DuplicatePair, str]:
    images = [factories.an_image(factories.a_work(factories.a_collection())) for _ in range(3)]
    pairs = [a_pair(low=low, high=high) for low, high in itertools.pairwise(images)]
    grouping.regroup(image.pk for image in images)
    return pairs[0], DuplicateCase.objects.get().get_absolute_url()


def disputed_pair() -> tuple[DuplicatePair, str]:
    pair = a_pair()
    for name, verdict in (("ada", Verdict.DUPLICATE), ("ben", Verdict.SIMILAR)):
        verdicts.decide(pair.pk, verdict, factories.a_user(name))
    return pair, "/review/disagreements/"


@pytest.mark.parametrize("made", [waiting_pair, filtered_pair, decided_pair, pair_of_a_case, disputed_pair])
def test_an_answer_replaces_only_what_its_page_has(settings, made: Callable[[], tuple[DuplicatePair, str]]):
    settings.KINDRED_REVIEWERS_PER_PAIR = 2 if made is disputed_pair else 1
    pair, address = made()
    reviewer = signed_in(is_superuser=True)
    verdict = "undecided" if made is decided_pair else "unrelated"

    page = reviewer.get(address).text
    answer = reviewer.post(pair.get_absolute_url(), {"verdict": verdict}, headers=from_page(address))

    replaced = re.findall(r'id="([^"]+)" hx-swap-oob', answer.text)
    assert answer.status_code == 200
    assert [name for name in replaced if f'id="{name}"' not in page] == []


def test_the_number_of_disagreements_falls_when_one_is_settled_and_rises_when_that_is_taken_back(settings):
    settings.KINDRED_REVIEWERS_PER_PAIR = 2
    ada, ben = (factories.a_user(name) for name in ("ada", "ben"))
    pairs = [a_pair(), a_pair()]
    for pair in pairs:
        verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
        verdicts.decide(pair.pk, Verdict.SIMILAR, ben)
    reviewer, headers = signed_in(is_superuser=True), from_page("/review/disagreements/")
    address = pairs[0].get_absolute_url()

    before = reviewer.get("/review/disagreements/").text
    settled = reviewer.post(address, {"verdict": "similar"}, headers=headers).text
    taken_back = reviewer.post(address, {"verdict": "undecided"}, headers=headers).text

    assert '<p class="heading__under" id="review-disputes">2 pairs on which' in before
    assert '<p class="heading__under" id="review-disputes" hx-swap-oob="true">1 pair on which' in settled
    assert '<p class="heading__under" id="review-disputes" hx-swap-oob="true">2 pairs on which' in taken_back


def test_the_numbers_of_verdicts_follow_a_verdict_that_is_taken_back():
    pair, address = decided_pair()

    answer = signed_in(is_superuser=True).post(
        pair.get_absolute_url(), {"verdict": "undecided"}, headers=from_page(address)
    )

    assert 'id="count-similar" hx-swap-oob="true">0<' in answer.text
