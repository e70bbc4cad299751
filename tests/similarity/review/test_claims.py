"""Two reviewers are not shown the same pair: the one who opens it first claims it for some minutes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from similarity.duplicates.review import claims, verdicts
from similarity.models import DuplicatePair, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def expire_claims() -> None:
    DuplicatePair.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_a_claimed_pair_is_passed_over_by_others_but_not_by_who_claimed_it():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    first, second = a_pair(correlation=0.9), a_pair(correlation=0.8)

    assert claims.claim(first.pk, ada)

    assert claims.next_pair(ben, verdicts.queue(ben)) == second
    assert claims.next_pair(ada, verdicts.queue(ada)) == first
    assert not claims.claim(first.pk, ben)


def test_next_and_previous_follow_the_order_of_the_queue_from_any_pair():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    pairs = [a_pair(is_identical=True, correlation=0.5), *(a_pair(correlation=each) for each in (0.9, 0.9, 0.7))]
    claims.claim(pairs[2].pk, ben)
    queue = verdicts.queue(ada)

    forth = [claims.next_pair(ada, queue, pair) for pair in pairs]
    back = [claims.previous_pair(ada, queue, pair) for pair in pairs]

    assert forth == [pairs[1], pairs[3], pairs[3], None]
    assert back == [None, pairs[0], pairs[1], pairs[1]]


def test_a_claim_ends_by_itself_is_renewed_and_released():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    pair = a_pair()

    claims.claim(pair.pk, ada)
    claims.release(pair.pk, ben)
    by_ben_while_claimed = claims.claim(pair.pk, ben)
    claims.claim(pair.pk, ada)  # renewed
    claims.release(pair.pk, ada)
    by_ben_once_released = claims.claim(pair.pk, ben)
    expire_claims()
    by_ada_once_expired = claims.claim(pair.pk, ada)

    assert (by_ben_while_claimed, by_ben_once_released, by_ada_once_expired) == (False, True, True)


def test_a_verdict_ends_the_claim_and_a_decided_pair_cannot_be_claimed():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    pair = a_pair()
    claims.claim(pair.pk, ada)

    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    pair.refresh_from_db()

    assert (pair.claimed_by, pair.claimed_until) == (None, None)
    assert not claims.claim(pair.pk, ben)


def test_the_list_keeps_a_claimed_pair_and_names_who_looks_at_it():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    pair = a_pair()
    claims.claim(pair.pk, ada)

    to_ben, to_ada = signed_in(ben).get("/review/"), signed_in(ada).get("/review/")
    expire_claims()
    later = signed_in(ben).get("/review/")

    assert list(to_ben.context["pairs"]) == [pair]
    assert "ada is looking at this pair" in to_ben.text
    assert "is looking at this pair" not in to_ada.text
    assert "is looking at this pair" not in later.text


def test_the_claim_of_an_open_page_is_renewed_by_post_and_a_colleague_is_named():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    pair = a_pair()
    address = f"/review/{pair.pk}/claim/"

    mine = signed_in(ada).post(address)
    theirs = signed_in(ben).post(address)
    released = signed_in(ada).post(address, {"release": "1"})
    now_free = signed_in(ben).post(address)

    assert [answer.status_code for answer in (mine, theirs, released, now_free)] == [204, 409, 204, 204]
    assert theirs.text == "ada is looking at this pair."


def test_a_stranger_cannot_claim_a_pair():
    pair = a_pair()

    assert signed_in().post(f"/review/{pair.pk}/claim/").status_code == 403
    assert signed_in(curates=factories.a_collection()).post(f"/review/{pair.pk}/claim/").status_code == 404
    assert signed_in(is_superuser=True).get(f"/review/{pair.pk}/claim/").status_code == 405


@pytest.mark.parametrize("side", ["low", "high"])
def test_two_pictures_that_have_become_views_of_one_work_leave_the_queue(side: str):
    pair = a_pair()
    kept, moved = (pair.high, pair.low) if side == "low" else (pair.low, pair.high)

    moved.artwork, moved.position = kept.artwork, 5
    moved.save()
    page = signed_in(is_superuser=True).get("/review/")

    assert list(page.context["pairs"]) == []
    assert page.context["tally"].waiting == 0
