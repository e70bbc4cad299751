"""Work is noted once for each picture, and handed out: uploads first, never the same step to two claimers."""

import threading

import pytest
from django.db import connection, transaction

from collection.jobs import job_queue
from collection.models import Step, StepState
from tests.collection.claims import KEY, let_lapse, some_steps, state_of
from tests.factories import an_image


@pytest.mark.django_db
def test_a_claim_brings_the_picture_and_its_work_along(django_assert_num_queries):
    some_steps(2)
    claim = job_queue.claim([KEY], 2)

    with django_assert_num_queries(0):
        assert all(step.image.artwork.title for step in claim.steps)


@pytest.mark.django_db
def test_what_is_claimed_is_not_claimed_again_while_the_lease_lasts():
    some_steps(3)

    first, second, third = (job_queue.claim([KEY], 2) for _ in range(3))

    assert (len(first.steps), len(second.steps), bool(third)) == (2, 1, False)
    assert not {step.pk for step in first.steps} & {step.pk for step in second.steps}


@pytest.mark.django_db
def test_uploads_go_before_the_backlog_and_then_the_oldest():
    backlog = some_steps(2, priority=job_queue.BACKLOG_PRIORITY)
    uploads = some_steps(2, priority=job_queue.UPLOAD_PRIORITY)

    assert list(job_queue.claim([KEY], 3).steps) == [*uploads, backlog[0]]


@pytest.mark.django_db(transaction=True)
def test_two_claimers_never_wait_for_each_other_and_never_share_a_step():
    some_steps(4)
    theirs: list[int] = []

    def claim_elsewhere() -> None:
        try:
            theirs.extend(step.pk for step in job_queue.claim([KEY], 4).steps)
        finally:
            connection.close()

    with transaction.atomic():  # this claim's rows stay locked until the other one is through
        ours = [step.pk for step in job_queue.claim([KEY], 2).steps]
        other = threading.Thread(target=claim_elsewhere)
        other.start()
        other.join()

    assert (len(ours), len(theirs)) == (2, 2)
    assert not set(ours) & set(theirs)


@pytest.mark.django_db(transaction=True)
def test_many_claimers_at_once_share_all_steps_among_them():
    some_steps(20)
    claimed: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            while claim := job_queue.claim([KEY], 3):
                claimed.extend(step.pk for step in claim.steps)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(claimed) == len(set(claimed)) == 20


@pytest.mark.django_db
def test_noting_work_twice_keeps_what_became_of_it():
    (step,) = some_steps(1)
    job_queue.finish(job_queue.claim([KEY], 1), [step])

    job_queue.add([step.image], KEY)

    assert state_of(step) == ("done", 1)


@pytest.mark.django_db
def test_missing_work_is_noted_for_pictures_that_have_none():
    some_steps(1)
    an_image()

    assert job_queue.add_missing(KEY) == 1
    assert job_queue.add_missing(KEY) == 0
    assert set(Step.objects.filter(key=KEY).values_list("state", flat=True)) == {StepState.PENDING}


@pytest.mark.django_db
def test_work_waits_while_it_is_pending_or_its_lease_has_lapsed():
    assert not job_queue.is_waiting(KEY)
    some_steps(1)
    assert job_queue.is_waiting(KEY)
    claim = job_queue.claim([KEY], 1)
    assert not job_queue.is_waiting(KEY)
    let_lapse(claim)
    assert job_queue.is_waiting(KEY)


def test_a_claim_takes_along_what_the_same_pictures_need_besides(db):
    images = [an_image() for _ in range(3)]
    job_queue.add(images, KEY)
    job_queue.add(images[:2], "other")
    job_queue.add(images, "foreign")

    claim = job_queue.claim([KEY, "other"], 2)

    assert {(step.image_id, step.key) for step in claim.steps} == {
        (image.pk, key) for image in images[:2] for key in (KEY, "other")
    }


def test_the_key_whose_first_step_is_due_first_leads(db):
    backlog, upload = an_image(), an_image()
    job_queue.add([backlog], KEY, priority=job_queue.BACKLOG_PRIORITY)
    job_queue.add([upload], "other")

    claim = job_queue.claim([KEY, "other"], 5)

    assert [step.image_id for step in claim.steps] == [upload.pk]


def test_a_sample_of_the_collection_is_noted_once(db):
    for _ in range(5):
        an_image()

    noted = [job_queue.add_missing("sample", limit=3), job_queue.add_missing("sample", limit=1)]

    assert noted == [3, 1]
    assert job_queue.left("sample") == 4


def test_what_is_left_is_counted_up_to_a_limit(db):
    some_steps(3)
    some_steps(2, state=StepState.DONE)

    assert [job_queue.left(KEY, up_to=limit) for limit in (None, 1, 3, 9)] == [3, 1, 3, 3]


def test_steps_of_several_keys_are_counted_at_once(db, django_assert_num_queries):
    some_steps(2, state=StepState.FAILED)
    some_steps(1)
    job_queue.add([an_image()], "other")

    with django_assert_num_queries(1):
        failed = job_queue.count([KEY, "other"], [StepState.FAILED])

    assert (failed[KEY], failed["other"]) == (2, 0)
    assert job_queue.count([KEY, "other"], job_queue.UNFINISHED) == {KEY: 1, "other": 1}
