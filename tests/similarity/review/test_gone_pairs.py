"""A pair can be deleted while somebody looks at it. Actions on it are answered by a sentence, not an error page."""

import itertools

import pytest
from django.test import Client

from collection.models import AuditEntry
from similarity.duplicates import grouping
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.desk import pair_notes
from similarity.models import DuplicateCase, DuplicatePair, Opinion, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db

GONE = "This pair is gone: one of its pictures was deleted"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def reviewer() -> Client:
    return signed_in(is_superuser=True)


def a_deleted_pair() -> DuplicatePair:
    pair = a_pair()
    DuplicatePair.objects.filter(pk=pair.pk).delete()
    return pair


def test_every_way_to_decide_a_deleted_pair_is_the_same_named_refusal():
    pair, ada = a_deleted_pair(), factories.a_user("ada", is_superuser=True)
    ways = [
        lambda: verdicts.decide(pair.pk, Verdict.DUPLICATE, ada),
        lambda: verdicts.take_back(pair.pk, ada),
        lambda: verdicts.swap(pair.pk, ada),
        lambda: pair_notes.save(pair.pk, "a note"),
    ]

    for way in ways:
        with pytest.raises(verdicts.PairGoneError, match=GONE):
            way()

    assert not AuditEntry.objects.exists()


def test_an_opinion_on_a_deleted_pair_is_refused_and_not_kept(settings):
    settings.KINDRED_REVIEWERS_PER_PAIR = 2
    pair = a_deleted_pair()

    with pytest.raises(verdicts.PairGoneError):
        verdicts.decide(pair.pk, Verdict.DUPLICATE, factories.a_user("ada"))

    assert not Opinion.objects.exists()


@pytest.mark.parametrize("verdict", ["duplicate", "undecided"])
def test_the_list_shows_the_sentence_in_place_of_the_pair(reviewer: Client, verdict: str):
    pair, _ = a_deleted_pair(), a_pair()

    answer = reviewer.post(pair.get_absolute_url(), {"verdict": verdict}, headers=HTMX)

    assert answer.status_code == 409  # a status whose answer the pages show
    assert GONE in answer.text
    assert f'id="pair-{pair.pk}"' in answer.text
    assert "1 pair to review" in answer.text


def test_without_javascript_the_sentence_is_above_the_list(reviewer: Client):
    pair = a_deleted_pair()

    answers = [
        reviewer.post(pair.get_absolute_url(), {"verdict": "duplicate"}, follow=True),
        reviewer.post(f"{pair.get_absolute_url()}swap/", follow=True),
    ]

    for answer in answers:
        assert answer.redirect_chain[-1][0] == "/review/"
        assert GONE in answer.text


def test_a_pair_of_another_collection_is_not_found_as_before():
    pair, curator = a_pair(), signed_in(curates=factories.a_collection())

    answers = [curator.post(f"{pair.get_absolute_url()}{end}", {"verdict": "duplicate"}) for end in ("", "swap/")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_case_that_was_regrouped_leads_back_to_the_list(reviewer: Client):
    images = [factories.an_image(factories.a_work(factories.a_collection())) for _ in range(3)]
    for low, high in itertools.pairwise(images):
        a_pair(low=low, high=high)
    grouping.regroup(image.pk for image in images)
    address = DuplicateCase.objects.get().get_absolute_url()
    images[1].artwork.delete()
    grouping.regroup(image.pk for image in images)

    answers = [
        reviewer.get(address, follow=True),
        reviewer.post(address, {"verdict": "duplicate", "images": [images[0].pk]}, follow=True),
    ]

    for answer in answers:
        assert answer.redirect_chain[-1][0] == "/review/"
        assert "This case is gone" in answer.text


@pytest.mark.parametrize("number", [0, 10**9, 10**30])
def test_a_case_that_never_existed_is_not_found(reviewer: Client, number: int):
    address = f"/review/cases/{number}/"

    assert [reviewer.get(address).status_code, reviewer.post(address).status_code] == [404, 404]


def test_a_settled_case_whose_pairs_are_in_another_case_now_leads_to_that_case(reviewer: Client):
    images = [factories.an_image(factories.a_work(factories.a_collection())) for _ in range(3)]
    for low, high in itertools.pairwise(images):
        a_pair(low=low, high=high)
    grouping.regroup(image.pk for image in images)
    former = DuplicateCase.objects.get().get_absolute_url()
    reviewer.post(former, {"verdict": "unrelated", "images": [image.pk for image in images]})
    for pair in DuplicatePair.objects.all():
        reviewer.post(f"/review/{pair.pk}/", {"verdict": "undecided"})
    now = DuplicateCase.objects.get().get_absolute_url()

    answer = reviewer.get(former, follow=True)

    assert now != former
    assert answer.redirect_chain == [(now, 302)]
    assert "This case is gone" in answer.text


def test_a_batch_says_that_some_of_its_pairs_are_gone(reviewer: Client):
    there, gone = (a_pair(kind="same_file", is_identical=True) for _ in range(2))
    DuplicatePair.objects.filter(pk=gone.pk).delete()

    answer = reviewer.post("/review/batches/same-file/", {"pairs": [there.pk, gone.pk]}, follow=True)

    assert "1 pair decided: duplicate. 1 pair left alone" in answer.text
    assert "deleted" in answer.text
