import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from collection import ingest, signals
from collection.files import storage
from collection.jobs import job_queue, workers
from collection.models import ArtworkImage, Job
from tests.factories import a_collection, a_painted_image, a_work, add_picture, painted

pytestmark = pytest.mark.django_db


def a_picture(seed: int) -> ingest.NewPicture:
    return ingest.NewPicture(painted(seed), f"{seed}.jpg")


def an_arrival(work, seed: int) -> ingest.Arrival:
    return ingest.Arrival(work, ingest.accept(a_picture(seed)))


def files_in(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_picture_is_kept_byte_for_byte_under_the_name_of_its_content(media):
    picture = a_picture(1)

    image = add_picture(a_work(), picture)

    assert image.sha256 == ingest.digest(picture.data)
    assert storage.original(image.sha256, "jpg").read_bytes() == picture.data
    assert (image.width_px, image.height_px, image.original_name) == (640, 480, "1.jpg")


def test_views_are_numbered_in_the_order_they_come(media):
    work = a_work()
    add_picture(work, a_picture(1))

    added = ingest.add_all([an_arrival(work, 2), an_arrival(work, 3)])

    assert [image.position for image in added] == [1, 2]


def test_the_same_bytes_are_held_once_in_a_collection(media):
    work = a_work(accession_number="1923.4")
    add_picture(work, a_picture(1))

    with pytest.raises(ingest.AlreadyHeldError, match=r"already held as 1923\.4") as refusal:
        add_picture(a_work(work.collection), a_picture(1))

    assert refusal.value.image == work.images.get()
    assert len(files_in(media)) == 1


def test_the_same_bytes_twice_in_one_batch_are_held_once(media):
    first, second = a_work(), a_work()
    second.collection = first.collection
    second.save()

    image, refusal = ingest.add_all([an_arrival(first, 1), an_arrival(second, 1)])

    assert isinstance(refusal, ingest.AlreadyHeldError)
    assert refusal.image == image


def test_two_collections_may_hold_the_same_bytes_and_share_the_file(media):
    first, second = ingest.add_all([an_arrival(a_work(), 1), an_arrival(a_work(), 1)])

    assert first.sha256 == second.sha256
    assert first.collection != second.collection
    assert len(files_in(media)) == 1


def test_a_refused_file_leaves_nothing_behind(media):
    with pytest.raises(ingest.imaging.Refused):
        add_picture(a_work(), ingest.NewPicture(b"no picture at all", "note.jpg"))

    assert not files_in(media)
    assert not ArtworkImage.objects.exists()


def test_a_file_that_does_not_fit_on_the_disk_leaves_nothing_behind(media, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        add_picture(a_work(), a_picture(1))

    assert not files_in(media)
    assert not ArtworkImage.objects.exists()


def test_a_new_picture_waits_for_its_derivatives(media):
    image = add_picture(a_work(), a_picture(1))

    assert image.jobs.get(key=job_queue.DERIVATIVES).state == "pending"


def test_pictures_of_a_backlog_let_uploads_go_first(media):
    work = a_work()
    backlog = ingest.add_all([an_arrival(work, 1)], priority=job_queue.BACKLOG_PRIORITY)
    upload = ingest.add_all([an_arrival(work, 2)])

    claimed = job_queue.claim([job_queue.DERIVATIVES], 2).jobs

    assert [job.image for job in claimed] == [*upload, *backlog]


def test_one_signal_is_sent_for_a_batch_in_its_transaction(media):
    received = []

    def listen(images, **_):
        received.append((images, connection.in_atomic_block))

    signals.images_added.connect(listen)
    added = ingest.add_all([an_arrival(a_work(), 1), an_arrival(a_work(), 2)])
    signals.images_added.disconnect(listen)

    assert received == [(added, True)]


def test_a_batch_sends_one_message_and_only_after_commit(media, django_capture_on_commit_callbacks, broker):
    with django_capture_on_commit_callbacks(execute=True):
        ingest.add_all([an_arrival(a_work(), 1), an_arrival(a_work(), 2)])
        assert broker.tasks() == []

    assert broker.tasks().count(workers.MAKE_DERIVATIVES) == 1


def test_announcing_again_keeps_what_is_noted(media):
    image = a_painted_image()
    before = list(Job.objects.values_list("pk", "state"))

    ingest.announce([image])

    assert list(Job.objects.values_list("pk", "state")) == before


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_brought_at_once_are_held_once(media):
    collection = a_collection()
    arrivals = [an_arrival(a_work(collection), 1) for _ in range(4)]
    start = threading.Barrier(len(arrivals))
    outcomes: list[object] = []

    def bring(arrival: ingest.Arrival) -> None:
        start.wait()
        try:
            outcomes.extend(ingest.add_all([arrival]))
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=[arrival]) for arrival in arrivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(outcome, ArtworkImage) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ingest.AlreadyHeldError) for outcome in outcomes) == 3


@pytest.mark.django_db(transaction=True)
def test_views_brought_at_once_get_places_of_their_own(media):
    work = a_work()
    waiting = threading.Event()

    def bring_second() -> None:
        try:
            waiting.set()
            add_picture(work, a_picture(2))
        finally:
            connection.close()

    other = threading.Thread(target=bring_second)
    with transaction.atomic():
        add_picture(work, a_picture(1))
        other.start()
        waiting.wait()
    other.join()

    assert list(work.images.values_list("position", flat=True)) == [0, 1]
