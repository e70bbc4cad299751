"""Each picture has one job of a key. Uploads are claimed first, and no job is claimed by two workers."""

import threading

import pytest
from django.db import connection, transaction

from collection.jobs import job_queue
from collection.models import Job, JobState
from tests.collection.claims import KEY, expire_lease, some_jobs, state_of
from tests.factories import an_image


@pytest.mark.django_db
def test_a_claim_loads_pictures_and_works_with_its_jobs(django_assert_num_queries):
    some_jobs(2)
    claim = job_queue.claim([KEY], 2)

    with django_assert_num_queries(0):
        assert all(job.image.artwork.title for job in claim.jobs)


@pytest.mark.django_db
def test_a_claimed_job_is_not_claimed_again_before_its_lease_expires():
    some_jobs(3)

    first, second, third = (job_queue.claim([KEY], 2) for _ in range(3))

    assert (len(first.jobs), len(second.jobs), bool(third)) == (2, 1, False)
    assert not {job.pk for job in first.jobs} & {job.pk for job in second.jobs}


@pytest.mark.django_db
def test_uploads_are_claimed_before_the_backlog_and_the_oldest_first():
    backlog = some_jobs(2, priority=job_queue.BACKLOG_PRIORITY)
    uploads = some_jobs(2, priority=job_queue.UPLOAD_PRIORITY)

    assert list(job_queue.claim([KEY], 3).jobs) == [*uploads, backlog[0]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_wait_for_each_other_and_never_share_a_job():
    some_jobs(4)
    theirs: list[int] = []

    def claim_elsewhere() -> None:
        try:
            theirs.extend(job.pk for job in job_queue.claim([KEY], 4).jobs)
        finally:
            connection.close()

    with transaction.atomic():  # this claim's rows stay locked until the other claim returns
        ours = [job.pk for job in job_queue.claim([KEY], 2).jobs]
        other = threading.Thread(target=claim_elsewhere)
        other.start()
        other.join()

    assert (len(ours), len(theirs)) == (2, 2)
    assert not set(ours) & set(theirs)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_claim_each_job_once():
    some_jobs(20)
    claimed: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            while claim := job_queue.claim([KEY], 3):
                claimed.extend(job.pk for job in claim.jobs)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(claimed) == len(set(claimed)) == 20


@pytest.mark.django_db
def test_adding_a_job_that_exists_leaves_it_as_it_is():
    (job,) = some_jobs(1)
    job_queue.finish(job_queue.claim([KEY], 1), [job])

    job_queue.add([job.image], KEY)

    assert state_of(job) == ("done", 1)


@pytest.mark.django_db
def test_missing_jobs_are_added_for_pictures_without_one():
    some_jobs(1)
    an_image()

    assert job_queue.add_missing(KEY) == 1
    assert job_queue.add_missing(KEY) == 0
    assert set(Job.objects.filter(key=KEY).values_list("state", flat=True)) == {JobState.PENDING}


@pytest.mark.django_db
def test_a_job_waits_while_it_is_pending_or_its_lease_has_expired():
    assert not job_queue.is_waiting(KEY)
    some_jobs(1)
    assert job_queue.is_waiting(KEY)
    claim = job_queue.claim([KEY], 1)
    assert not job_queue.is_waiting(KEY)
    expire_lease(claim)
    assert job_queue.is_waiting(KEY)


def test_a_claim_includes_the_other_jobs_of_its_pictures(db):
    images = [an_image() for _ in range(3)]
    job_queue.add(images, KEY)
    job_queue.add(images[:2], "other")
    job_queue.add(images, "foreign")

    claim = job_queue.claim([KEY, "other"], 2)

    assert {(job.image_id, job.key) for job in claim.jobs} == {
        (image.pk, key) for image in images[:2] for key in (KEY, "other")
    }


def test_the_first_free_job_decides_which_pictures_are_claimed(db):
    backlog, upload = an_image(), an_image()
    job_queue.add([backlog], KEY, priority=job_queue.BACKLOG_PRIORITY)
    job_queue.add([upload], "other")

    claim = job_queue.claim([KEY, "other"], 5)

    assert [job.image_id for job in claim.jobs] == [upload.pk]


def test_a_limited_number_of_missing_jobs_is_added(db):
    for _ in range(5):
        an_image()

    added = [job_queue.add_missing("sample", limit=3), job_queue.add_missing("sample", limit=1)]

    assert added == [3, 1]
    assert job_queue.left("sample") == 4


def test_unfinished_jobs_are_counted_up_to_a_limit(db):
    some_jobs(3)
    some_jobs(2, state=JobState.DONE)

    assert [job_queue.left(KEY, up_to=limit) for limit in (None, 1, 3, 9)] == [3, 1, 3, 3]


def test_jobs_of_several_keys_are_counted_in_one_query(db, django_assert_num_queries):
    some_jobs(2, state=JobState.FAILED)
    some_jobs(1)
    job_queue.add([an_image()], "other")

    with django_assert_num_queries(1):
        failed = job_queue.count([KEY, "other"], [JobState.FAILED])

    assert (failed[KEY], failed["other"]) == (2, 0)
    assert job_queue.count([KEY, "other"], job_queue.UNFINISHED) == {KEY: 1, "other": 1}
