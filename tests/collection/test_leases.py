"""A job whose worker died is claimed again, alone. It fails after three attempts. Ending a job needs its lease."""

import pytest

from collection.jobs import job_queue
from tests.collection.claims import KEY, expire_lease, some_jobs, state_of


@pytest.mark.django_db
def test_a_job_with_an_expired_lease_is_claimed_again_once():
    (job,) = some_jobs(1)
    expire_lease(job_queue.claim([KEY], 1))

    again, nothing = job_queue.claim([KEY], 1), job_queue.claim([KEY], 1)

    assert list(again.jobs) == [job]
    assert not nothing
    assert state_of(job) == ("claimed", 2)


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_cannot_change_the_job():
    (job,) = some_jobs(1)
    slow = job_queue.claim([KEY], 1)
    expire_lease(slow)
    fast = job_queue.claim([KEY], 1)

    lost = [job_queue.finish(slow, [job]), job_queue.fail(slow, job, "late"), job_queue.give_back(slow, [job])]

    assert lost == [0, 0, 0]
    assert state_of(job) == ("claimed", 2)
    assert job_queue.finish(fast, [job]) == 1
    assert state_of(job) == ("done", 2)


@pytest.mark.django_db
def test_a_job_is_finished_once():
    (job,) = some_jobs(1)
    claim = job_queue.claim([KEY], 1)

    assert job_queue.finish(claim, [job]) == 1
    assert job_queue.finish(claim, [job]) == 0


@pytest.mark.django_db
def test_a_job_fails_after_three_workers_died_on_it():
    (job,) = some_jobs(1)
    for _ in range(3):
        expire_lease(job_queue.claim([KEY], 1))

    assert not job_queue.claim([KEY], 1)
    assert state_of(job) == ("failed", 3)
    assert "3 attempts" in job.reason


@pytest.mark.django_db
def test_a_failed_job_stays_failed_until_it_is_retried():
    (job,) = some_jobs(1)
    job_queue.fail(job_queue.claim([KEY], 1), job, "unreadable")
    assert not job_queue.claim([KEY], 1)

    job_queue.retry_failed([job.image])

    assert list(job_queue.claim([KEY], 1).jobs) == [job]
    assert state_of(job) == ("claimed", 1)


@pytest.mark.django_db
def test_giving_a_job_back_counts_no_attempt():
    (job,) = some_jobs(1)
    for _ in range(job_queue.ATTEMPTS_LIMIT + 1):
        claim = job_queue.claim([KEY], 1)
        job_queue.give_back(claim, claim.jobs)

    assert list(job_queue.claim([KEY], 1).jobs) == [job]
    assert state_of(job) == ("claimed", 1)


@pytest.mark.django_db
def test_a_renewed_lease_is_not_taken_over():
    (job,) = some_jobs(1)
    held = job_queue.claim([KEY], 1)
    expire_lease(held)

    ours = job_queue.renew(held)

    assert ours == {job.pk}
    assert not job_queue.claim([KEY], 1)


@pytest.mark.django_db
def test_a_job_that_was_tried_before_is_claimed_alone():
    (tried,) = some_jobs(1, attempts=1)
    others = some_jobs(2)

    first, second = job_queue.claim([KEY], 10), job_queue.claim([KEY], 10)

    assert list(first.jobs) == [tried]
    assert list(second.jobs) == others
