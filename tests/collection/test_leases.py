"""A job whose worker died is claimed again, alone. It fails after three attempts. Ending a job needs its lease."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from collection.jobs import derivative_jobs, job_queue, leases
from collection.models import Job
from similarity import sweeping
from tests.collection.claims import KEY, expire_lease, some_jobs, state_of
from tests.factories import an_image


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
@pytest.mark.parametrize("key", [job_queue.DERIVATIVES, job_queue.FLAG, job_queue.TWIN])
def test_a_job_whose_last_worker_died_fails_at_the_next_sweep_also_if_no_other_job_waits(broker, key):
    ended = timezone.now() - dt.timedelta(seconds=1)
    taken = {"state": "claimed", "attempts": job_queue.ATTEMPTS_LIMIT, "lease_until": ended}
    Job.objects.update_or_create(image=an_image(), key=key, defaults=taken)

    derivative_jobs.sweep()
    sweeping.sweep()

    job = Job.objects.get(key=key)
    assert (job.state, job.reason) == ("failed", job_queue.GAVE_UP)


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


def far_lease(job: Job, hours: float = 24.0) -> job_queue.Claim:
    """Claim a job as a worker does whose clock is ahead."""
    claim = job_queue.claim([job.key], 1)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() + dt.timedelta(hours=hours))
    return claim


def lease_s(job: Job) -> float:
    job.refresh_from_db()
    return (job.lease_until - timezone.now()).total_seconds()


@pytest.mark.django_db
def test_a_lease_in_the_far_future_is_mended_by_a_command_that_says_how_many(capsys):
    far, usual = some_jobs(2)
    far_lease(far)
    job_queue.claim([KEY], 1)

    call_command("mend_leases")
    call_command("mend_leases")

    assert capsys.readouterr().out == "1 lease mended.\n0 leases mended.\n"
    assert 0 < lease_s(far) <= settings.KINDRED_LEASE_S
    assert 0 < lease_s(usual) <= settings.KINDRED_LEASE_S


@pytest.mark.django_db
def test_the_worker_that_holds_a_mended_lease_can_still_finish():
    (job,) = some_jobs(1)
    claim = far_lease(job)

    leases.mend()

    assert job_queue.finish(claim, [job]) == 1


@pytest.mark.django_db
def test_the_sweep_mends_leases_of_its_own_work():
    job = Job.objects.create(image=an_image(), key=job_queue.FLAG)
    far_lease(job)

    derivative_jobs.sweep()

    assert lease_s(job) <= settings.KINDRED_LEASE_S


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [-24, 24])
def test_a_wrong_clock_of_a_worker_changes_no_lease(monkeypatch, hours: int):
    (job,) = some_jobs(1)
    wrong = timezone.now() + dt.timedelta(hours=hours)

    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: wrong)
        held = job_queue.claim([KEY], 1)
        taken_over = job_queue.claim([KEY], 1)
        job_queue.renew(held)

    assert not taken_over
    assert 0 < lease_s(job) <= settings.KINDRED_LEASE_S
