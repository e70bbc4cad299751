"""A step whose worker died is done again, in the end alone, and not for ever; who lost a lease settles nothing."""

import pytest

from collection.jobs import job_queue
from tests.collection.claims import KEY, let_lapse, some_steps, state_of


@pytest.mark.django_db
def test_a_lapsed_lease_is_claimed_again_once():
    (step,) = some_steps(1)
    let_lapse(job_queue.claim([KEY], 1))

    again, nothing = job_queue.claim([KEY], 1), job_queue.claim([KEY], 1)

    assert list(again.steps) == [step]
    assert not nothing
    assert state_of(step) == ("claimed", 2)


@pytest.mark.django_db
def test_whoever_lost_the_lease_cannot_settle_the_step():
    (step,) = some_steps(1)
    slow = job_queue.claim([KEY], 1)
    let_lapse(slow)
    fast = job_queue.claim([KEY], 1)

    lost = [job_queue.finish(slow, [step]), job_queue.fail(slow, step, "late"), job_queue.give_back(slow, [step])]

    assert lost == [0, 0, 0]
    assert state_of(step) == ("claimed", 2)
    assert job_queue.finish(fast, [step]) == 1
    assert state_of(step) == ("done", 2)


@pytest.mark.django_db
def test_a_step_is_settled_once():
    (step,) = some_steps(1)
    claim = job_queue.claim([KEY], 1)

    assert job_queue.finish(claim, [step]) == 1
    assert job_queue.finish(claim, [step]) == 0


@pytest.mark.django_db
def test_a_step_that_takes_its_worker_down_three_times_is_given_up():
    (step,) = some_steps(1)
    for _ in range(3):
        let_lapse(job_queue.claim([KEY], 1))

    assert not job_queue.claim([KEY], 1)
    assert state_of(step) == ("failed", 3)
    assert "3 attempts" in step.reason


@pytest.mark.django_db
def test_a_failed_step_stays_failed_until_somebody_asks_for_another_round():
    (step,) = some_steps(1)
    job_queue.fail(job_queue.claim([KEY], 1), step, "unreadable")
    assert not job_queue.claim([KEY], 1)

    job_queue.retry_failed([step.image])

    assert list(job_queue.claim([KEY], 1).steps) == [step]
    assert state_of(step) == ("claimed", 1)


@pytest.mark.django_db
def test_what_is_given_back_can_be_claimed_at_once_however_often():
    (step,) = some_steps(1)
    for _ in range(job_queue.ATTEMPTS_LIMIT + 1):
        claim = job_queue.claim([KEY], 1)
        job_queue.give_back(claim, claim.steps)

    assert list(job_queue.claim([KEY], 1).steps) == [step]
    assert state_of(step) == ("claimed", 1)


@pytest.mark.django_db
def test_a_lease_that_is_renewed_is_not_taken_over():
    (step,) = some_steps(1)
    held = job_queue.claim([KEY], 1)
    let_lapse(held)

    ours = job_queue.renew(held)

    assert ours == {step.pk}
    assert not job_queue.claim([KEY], 1)


@pytest.mark.django_db
def test_a_step_that_was_tried_before_comes_alone():
    (tried,) = some_steps(1, attempts=1)
    others = some_steps(2)

    first, second = job_queue.claim([KEY], 10), job_queue.claim([KEY], 10)

    assert list(first.steps) == [tried]
    assert list(second.steps) == others
