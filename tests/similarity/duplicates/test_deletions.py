"""A deletion and a worker that flags pairs of the same picture do not wait for each other."""

import threading
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction

from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.duplicates import detection, grouping
from similarity.duplicates.review import cases, verdicts
from similarity.models import DuplicateCase, DuplicatePair, Verdict
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair() -> DuplicatePair:
    low, high = factories.an_image(), factories.an_image()
    return DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE)


@pytest.fixture
def other_session():
    """A second session of the database, which gives up after five seconds of waiting."""
    names = {"dbname": connection.settings_dict["NAME"], "host": connection.settings_dict["HOST"]}
    with psycopg.connect(**names, user=connection.settings_dict["USER"]) as session:
        session.execute("SET lock_timeout = '5s'")
        yield session


def wait_until_someone_waits(session: psycopg.Connection, thread: threading.Thread) -> None:
    """Return once a session waits for a lock, or the thread has ended without waiting."""
    count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while thread.is_alive() and session.execute(count).fetchone() == (0,):
        session.execute("SELECT pg_stat_clear_snapshot()")


def wait_at_most_5_s_for_locks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")


def test_a_picture_that_a_worker_holds_is_deleted_after_it_without_a_deadlock(pair, media: Path, other_session):
    def delete() -> None:
        ArtworkImage.objects.get(pk=pair.high_id).delete()
        connections.close_all()

    deletion = threading.Thread(target=delete)
    with transaction.atomic():
        locked = detection.hold([pair.low_id, pair.high_id])
        deletion.start()
        wait_until_someone_waits(other_session, deletion)
        DuplicatePair.objects.filter(pk=pair.pk).update(correlation=0.5)  # waits for no one
    deletion.join(timeout=30)

    assert locked == {pair.low_id, pair.high_id}
    assert not deletion.is_alive()
    assert list(ArtworkImage.objects.values_list("pk", flat=True)) == [pair.low_id]
    assert not DuplicatePair.objects.exists()


def test_a_picture_that_is_being_deleted_is_left_out_of_new_pairs(pair, other_session):
    other_session.execute("SELECT id FROM collection_artworkimage WHERE id = %s FOR UPDATE", [pair.high_id])

    with transaction.atomic():
        wait_at_most_5_s_for_locks()
        locked = detection.hold([pair.low_id, pair.high_id])

    assert locked == {pair.low_id}


@pytest.fixture
def first_of_two() -> DuplicatePair:
    """The first of two pairs of three pictures, which are no case yet. Both have the second picture."""
    images = [factories.an_image() for _ in range(3)]
    first, _ = (
        DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE) for low, high in pairwise(images)
    )
    return first


def deletion_of(image_id: int) -> threading.Thread:
    def delete() -> None:
        ArtworkImage.objects.get(pk=image_id).delete()
        connections.close_all()

    return threading.Thread(target=delete)


@pytest.mark.parametrize("act", ["decide", "settle", "take back"])
def test_a_verdict_and_a_deletion_of_the_same_picture_are_no_deadlock(
    first_of_two, media: Path, other_session, act: str
):
    reviewer = factories.a_user(is_superuser=True)
    with transaction.atomic():
        grouping.regroup([first_of_two.low_id])
    case = DuplicateCase.objects.get()
    if act == "take back":
        verdicts.decide(first_of_two.pk, Verdict.UNRELATED, reviewer)
    deletion = deletion_of(first_of_two.high_id)

    with transaction.atomic():
        if act == "decide":
            verdicts.decide(first_of_two.pk, Verdict.UNRELATED, reviewer)
        elif act == "settle":
            cases.settle(verdicts.reviewable(reviewer), case, Verdict.UNRELATED, reviewer, ())
        else:
            verdicts.take_back(first_of_two.pk, reviewer)
        deletion.start()
        wait_until_someone_waits(other_session, deletion)
    deletion.join(timeout=30)

    assert not deletion.is_alive()
    assert not DuplicatePair.objects.exists()


def test_cases_are_regrouped_without_waiting_for_pairs_that_are_being_deleted(first_of_two, media: Path, other_session):
    other_session.execute("SELECT id FROM similarity_duplicatepair WHERE id = %s FOR UPDATE", [first_of_two.pk])
    deletion = deletion_of(first_of_two.high_id)  # it deletes the second pair, then waits for the first
    deletion.start()
    wait_until_someone_waits(other_session, deletion)

    with transaction.atomic():
        wait_at_most_5_s_for_locks()
        grouping.lock()
        grouping.regroup([first_of_two.low_id])
    other_session.rollback()
    deletion.join(timeout=30)

    assert not deletion.is_alive()
    assert not DuplicatePair.objects.exists()


def test_a_worker_locks_jobs_picture_by_picture_as_the_deletion_of_a_work_does(other_session):
    work = factories.a_work()
    first, second = factories.an_image(work), factories.an_image(work)
    for image in (second, first):  # the second picture has the older job
        job_queue.add([image], "embed:1")
    claim = job_queue.claim(["embed:1"], 2)

    def renew() -> None:
        with transaction.atomic():
            job_queue.renew(claim)
        connections.close_all()

    worker = threading.Thread(target=renew)
    lock = "SELECT id FROM collection_job WHERE image_id = %s AND key = 'embed:1' FOR UPDATE"
    other_session.execute(lock, [first.pk])
    worker.start()
    wait_until_someone_waits(other_session, worker)
    locked = other_session.execute(f"{lock} NOWAIT", [second.pk]).fetchall()
    other_session.rollback()
    worker.join(timeout=30)

    assert len(claim.jobs) == 2
    assert len(locked) == 1
    assert not worker.is_alive()
