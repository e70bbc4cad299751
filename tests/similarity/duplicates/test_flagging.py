"""Flagging is a job of its own: added with the vector, done by CPU workers, safe to stop at any moment."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, connection
from django.utils import timezone

from collection import ingest
from collection.jobs import job_queue, upload_progress
from collection.models import Artwork, ArtworkImage, Job, JobState, Upload
from config.monitoring import backlog as site_progress
from similarity import sweeping
from similarity.duplicates import flagging
from similarity.embedding import pipeline
from similarity.index import store
from similarity.models import DuplicatePair, Embedding, Space
from similarity.spaces import lifecycle, planning
from similarity.workers import stage_times, task_names
from tests import factories, fakes
from tests.work import flag_all, make_derivatives

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent.parent
PRINT = 5  # the seed of a painted picture


def with_copies(*endings: bytes) -> list[ArtworkImage]:
    """Pictures of one print, each in a file and a work of its own, with derivatives."""
    collection = factories.a_collection()
    images = [
        factories.add_picture(
            factories.a_work(collection), ingest.NewPicture(factories.painted(PRINT) + ending, "print.jpg")
        )
        for ending in endings
    ]
    make_derivatives()
    return images


def described(*endings: bytes) -> list[ArtworkImage]:
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    images = with_copies(*endings)
    pipeline.run([embedder])
    return images


def flag_job(image: ArtworkImage) -> Job:
    return image.jobs.get(key=job_queue.FLAG)


def lapse() -> None:
    """Let every lease end, as if the workers that hold these jobs had died."""
    Job.objects.filter(state=JobState.CLAIMED).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_the_embedding_worker_adds_a_flag_job_with_the_priority_of_the_picture_and_flags_nothing(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    upload, backlog = with_copies(b"", b"\0")
    backlog.jobs.filter(key=space.job_key).update(priority=job_queue.BACKLOG_PRIORITY)

    pipeline.run([embedder])

    assert [flag_job(image).priority for image in (upload, backlog)] == [
        job_queue.UPLOAD_PRIORITY,
        job_queue.BACKLOG_PRIORITY,
    ]
    assert {flag_job(image).state for image in (upload, backlog)} == {JobState.PENDING}
    assert not DuplicatePair.objects.exists()


def test_a_flag_job_is_added_with_the_vector_of_the_space_of_copies_and_of_no_other(media: Path):
    embedder = fakes.FakeEmbedder(lenses=("look", "match"))
    planning.open_all(embedder)
    (image,) = with_copies(b"")
    match = lifecycle.live("match")
    image.jobs.filter(key=match.job_key).update(state=JobState.FAILED)

    pipeline.run([embedder])

    assert Embedding.objects.filter(image=image, space__lens="look").exists()
    assert not image.jobs.filter(key=job_queue.FLAG).exists()


def test_a_worker_is_woken_after_the_commit(media: Path, broker, django_capture_on_commit_callbacks):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    with_copies(b"")
    broker.clear()

    with django_capture_on_commit_callbacks() as callbacks:
        pipeline.run([embedder])
    before = broker.tasks()
    for callback in callbacks:
        callback()

    assert before == []
    assert broker.tasks() == [task_names.FLAG]


def test_a_worker_takes_a_batch_and_wakes_the_next(media: Path, broker, monkeypatch):
    described(b"", b"\0", b"\0\0")
    broker.clear()
    monkeypatch.setattr(flagging, "BATCH", 2)

    taken = [flagging.run(), flagging.run(), flagging.run()]

    assert taken == [2, 1, 0]
    assert broker.tasks() == [task_names.FLAG]


def test_of_two_copies_embedded_at_once_the_one_that_is_flagged_later_finds_the_other(media: Path):
    embedder = fakes.FakeEmbedder(batch_size=1)
    fakes.opened(embedder)
    early, late = with_copies(b"", b"\0")
    pipeline.run([embedder], pipeline.Pace(has_time=lambda: False))  # the vector of the first alone is there
    flag_all()
    pairs_before = DuplicatePair.objects.count()

    pipeline.run([embedder])
    flag_all()

    pair = DuplicatePair.objects.get()
    assert (pairs_before, pair.low, pair.high) == (0, early, late)


def test_a_worker_that_dies_while_it_flags_leaves_nothing_half_done_and_another_does_it_once(media: Path):
    images = described(b"", b"\0")

    def die_after_the_pairs(execute, sql, parameters, many, context):
        answer = execute(sql, parameters, many, context)
        if sql.startswith('INSERT INTO "similarity_duplicatepair"'):
            raise SystemExit
        return answer

    with connection.execute_wrapper(die_after_the_pairs), pytest.raises(SystemExit):
        flagging.run()
    pairs_left = DuplicatePair.objects.count()
    states_left = {flag_job(image).state for image in images}
    lapse()
    flag_all()

    assert (pairs_left, states_left) == (0, {JobState.CLAIMED})
    assert DuplicatePair.objects.count() == 1
    assert [(flag_job(image).state, flag_job(image).attempts) for image in images] == [(JobState.DONE, 2)] * 2


def test_a_worker_that_lost_its_lease_writes_nothing(media: Path):
    images = described(b"", b"\0")
    slow = job_queue.claim([job_queue.FLAG], 2)
    lapse()
    fast = job_queue.claim([job_queue.FLAG], 1)

    flagging.flag_each(slow)

    assert flag_job(images[0]).claim == fast.token
    assert flag_job(images[0]).state == JobState.CLAIMED
    assert flag_job(images[1]).state == JobState.DONE


def test_a_picture_that_cannot_be_flagged_fails_alone_and_can_be_tried_again(media: Path):
    images = described(b"", b"\0", b"\0\0")

    def fail_for_the_second(execute, sql, parameters, many, context):
        if "halfvec" in sql and list(parameters)[1:] == [images[1].artwork_id]:  # neighbours outside its own work
            raise DataError("an unexpected answer")
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(fail_for_the_second):
        flag_all()
    states = [flag_job(image).state for image in images]
    reason = flag_job(images[1]).reason
    job_queue.retry_failed([images[1]])
    flag_all()

    assert states == [JobState.DONE, JobState.FAILED, JobState.DONE]
    assert reason == flagging.UNEXPECTED
    assert {flag_job(image).state for image in images} == {JobState.DONE}


def test_an_unreadable_picture_is_never_waited_for(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    broken, whole = with_copies(b"", b"\0")
    file = media / "originals" / broken.sha256[:2] / broken.sha256[2:4] / f"{broken.sha256}.jpg"
    file.write_bytes(file.read_bytes()[:500])

    pipeline.run([embedder])
    flag_all()
    sweeping.repair()

    assert broken.jobs.get(key=space.job_key).state == JobState.FAILED
    assert not broken.jobs.filter(key=job_queue.FLAG).exists()
    assert flag_job(whole).state == JobState.DONE


def test_the_job_of_a_deleted_picture_is_deleted_too(media: Path):
    doomed, kept = described(b"", b"\0")
    claim = job_queue.claim([job_queue.FLAG], 2)

    doomed.delete()
    flagging.flag_each(claim)

    assert not Job.objects.filter(image=doomed.pk).exists()
    assert flag_job(kept).state == JobState.DONE


def test_the_sweep_wakes_a_worker_while_pictures_wait_and_not_later(media: Path, broker):
    described(b"")

    sweeping.sweep()
    waiting = broker.tasks().count(task_names.FLAG)
    flag_all()
    sweeping.sweep()

    assert waiting == 1
    assert broker.tasks().count(task_names.FLAG) == 1


def test_the_repair_adds_the_missing_job_of_pictures_that_have_a_vector(media: Path):
    (image,) = described(b"")
    without_vector = factories.an_image(factories.a_work())
    image.jobs.filter(key=job_queue.FLAG).delete()

    sweeping.repair()

    assert flag_job(image).state == JobState.PENDING
    assert not without_vector.jobs.filter(key=job_queue.FLAG).exists()


def test_a_switch_flags_nothing_anew(media: Path):
    old, new = fakes.FakeEmbedder(weights="old"), fakes.FakeEmbedder(weights="new")
    images = with_copies(b"", b"\0")
    fakes.opened(old)
    pipeline.run([old])
    flag_all()
    space = fakes.opened(new)
    pipeline.run([new])

    lifecycle.switch_to(space)
    sweeping.repair()

    assert {flag_job(image).state for image in images} == {JobState.DONE}


def test_a_picture_without_a_vector_in_the_space_that_is_live_now_is_flagged_once_it_has_one(media: Path):
    old, new = fakes.FakeEmbedder(weights="old"), fakes.FakeEmbedder(weights="new")
    fakes.opened(old)
    (first,) = with_copies(b"")
    pipeline.run([old])
    space = fakes.opened(new)
    pipeline.run([new])
    late = factories.add_picture(factories.a_work(), ingest.NewPicture(factories.painted(PRINT) + b"\0", "late.jpg"))
    pipeline.run([old])
    lifecycle.switch_to(space)

    flag_all()
    withdrawn = not late.jobs.filter(key=job_queue.FLAG).exists()
    pipeline.run([new])
    flag_all()

    assert withdrawn
    assert flag_job(late).state == JobState.DONE
    assert DuplicatePair.objects.get().low == first


def test_process_pending_waits_for_flagging_and_pages_do_not(media: Path):
    (image,) = described(b"")
    image.jobs.exclude(key=job_queue.FLAG).update(state=JobState.DONE)
    upload = Upload.objects.create(collection=image.collection)
    upload.files.create(name="print.jpg", image=image)

    waiting = "1 picture is waiting for 1 job: 1 to look for duplicates"
    with pytest.raises(CommandError, match=waiting):
        call_command("process_pending", "--wait", "--timeout", "0.1")
    assert upload_progress.of(upload).files[0].state == upload_progress.State.READY
    assert site_progress.now().is_complete


def test_the_time_of_flagging_is_counted_where_it_is_spent(media: Path):
    stage_times.unpublished.clear()
    described(b"", b"\0")
    in_the_pipeline = stage_times.unpublished["flag:pictures"]

    flag_all()

    assert in_the_pipeline == 0
    assert stage_times.unpublished["flag:pictures"] == 2
    assert stage_times.unpublished["flag:seconds"] > 0


def test_a_worker_that_flags_does_without_torch():
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup();"
        "import config.celery;"
        "import similarity.duplicates.flagging, similarity.learning.learning_requests;"
        "import similarity.sweeping, similarity.tasks;"
        "sys.exit(bool({'torch', 'torchvision'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_flagging_waits_while_the_match_lacks_what_an_outdated_look_holds(media: Path):
    embedder = fakes.FakeEmbedder(lenses=("look", "match"))
    planning.open_all(embedder)
    with_copies(b"", b"\0")
    pipeline.run([embedder])
    Space.objects.filter(lens="look").update(pooling="cells-squashed")
    missing = Embedding.objects.filter(space__lens="match").first()
    Embedding.objects.filter(pk=missing.pk).delete()

    before = flagging.run()
    store.put_all(missing.space, [missing.image_id], np.array([missing.vector], np.float32))
    after = flagging.run()

    assert (before, after) == (0, 2)


def test_copies_of_a_placeholder_are_paired_with_the_first_two_and_are_one_case(media: Path):
    images = described(*(b"\0" * number for number in range(7)))

    flag_all()

    firsts = {image.pk for image in images[:2]}
    pairs = list(DuplicatePair.objects.all())
    assert all(pair.low_id in firsts for pair in pairs)
    assert len(pairs) == 1 + 5 * 2
    assert len({pair.case_id for pair in pairs}) == 1


def test_copies_of_a_placeholder_are_paired_with_works_that_are_not_merged(media: Path):
    first, second, third, fourth = described(*(b"\0" * number for number in range(4)))
    Artwork.objects.filter(images__in=[first, second]).update(merged_into=third.artwork)

    flag_all()

    assert DuplicatePair.objects.filter(low=third, high=fourth).exists()


def test_pictures_whose_derivatives_wait_hold_up_no_other(media: Path, monkeypatch):
    early, ready = described(b"", b"\0")
    early.jobs.filter(key=job_queue.DERIVATIVES).update(state=JobState.PENDING)
    monkeypatch.setattr(flagging, "BATCH", 1)

    taken = [flagging.run(), flagging.run()]

    assert taken == [1, 0]
    assert (flag_job(early).state, flag_job(ready).state) == (JobState.PENDING, JobState.DONE)
