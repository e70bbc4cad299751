"""Workers are killed and the database restarts; every picture still gets its vector and its pairs, once."""

import os
import signal
from pathlib import Path

from django.db import OperationalError, connection, transaction

from collection import ingest
from collection.jobs import job_queue
from collection.models import ArtworkImage, Job, JobState
from similarity import sweeping
from similarity.duplicates import flagging
from similarity.embedding import pipeline
from similarity.models import DuplicatePair
from similarity.spaces import lifecycle
from tests import factories, fakes
from tests.flows.conftest import Workers, wait_until
from tests.work import make_derivatives

PICTURES = 12
SMALL_NETWORK = {"KINDRED_BACKBONE": "squeezenet1_0", "KINDRED_BATCH_SIZE": "4", "KINDRED_LEASE_S": "5"}


def upload(count: int) -> list[ArtworkImage]:
    collection = factories.a_collection()
    return [
        factories.add_picture(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
        for seed in range(count)
    ]


def embed_jobs() -> list[Job]:
    return list(Job.objects.filter(key__startswith="embed:"))


def is_any(state: JobState) -> bool:
    return Job.objects.filter(key__startswith="embed:", state=state).exists()


def all_embedded() -> bool:
    """Return True if every picture has been embedded into the live space of every lens."""
    live = lifecycle.live_spaces()
    return bool(live) and all(
        Job.objects.filter(key=space.job_key, state=JobState.DONE).count() == PICTURES for space in live
    )


def test_after_a_worker_is_killed_in_a_batch_every_picture_is_embedded(workers: Workers):
    upload(PICTURES)
    victim = workers.start("search,embed", **SMALL_NETWORK)
    wait_until(lambda: is_any(JobState.CLAIMED) or is_any(JobState.DONE), workers, "the first claim")

    victim.kill()
    victim.wait()
    left_behind = Job.objects.filter(state=JobState.CLAIMED, key__startswith="embed:").count()
    workers.start("search,embed", **SMALL_NETWORK)
    wait_until(all_embedded, workers, "every picture embedded after the crash", meanwhile=sweeping.sweep)

    assert left_behind > 0
    assert {space.embeddings.count() for space in lifecycle.live_spaces()} == {PICTURES}
    assert max(job.attempts for job in embed_jobs()) == 2  # done again, once


def test_a_worker_survives_a_restart_of_the_database_and_finishes_its_work(workers: Workers, home: Path):
    upload(PICTURES)
    workers.start("search,embed", **SMALL_NETWORK)
    wait_until(lambda: is_any(JobState.CLAIMED) or is_any(JobState.DONE), workers, "the first claim")

    before = postmaster(home)
    os.kill(before, signal.SIGINT)  # as an administrator stops it; its daemon starts it again
    wait_until(lambda: postmaster(home) not in {before, None} and answers(), workers, "the database back")
    wait_until(all_embedded, workers, "every picture embedded after the restart", meanwhile=sweeping.sweep)

    assert {space.embeddings.count() for space in lifecycle.live_spaces()} == {PICTURES}
    assert workers.running[0].poll() is None  # the same process, all the time


def test_pictures_of_a_worker_killed_while_it_flags_are_flagged_by_another_without_double_pairs(workers: Workers):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    work = factories.a_work()
    copy = factories.a_work(work.collection)
    for each, ending in ((work, b""), (copy, b"\0")):
        factories.add_picture(each, ingest.NewPicture(factories.painted(5) + ending, "print.jpg"))
    make_derivatives()
    Job.objects.filter(key=job_queue.AVIF).update(state=JobState.DONE)  # they would wait for the picture too
    pipeline.run([embedder])

    with transaction.atomic():  # the worker cannot go on: it waits for the picture of its pair
        ArtworkImage.objects.select_for_update().get(artwork=copy)
        victim = workers.start("flag", KINDRED_LEASE_S="5")
        wait_until(lambda: flags_in(JobState.CLAIMED) == 2, workers, "the claim", meanwhile=flagging.sweep)
        victim.kill()
        victim.wait()
    left_behind = flags_in(JobState.CLAIMED)
    workers.start("flag", KINDRED_LEASE_S="5")
    wait_until(lambda: flags_in(JobState.DONE) == 2, workers, "every picture flagged", meanwhile=flagging.sweep)

    pair = DuplicatePair.objects.get()
    assert left_behind == 2
    assert (pair.low.artwork, pair.high.artwork) == (work, copy)
    assert set(Job.objects.filter(key=job_queue.FLAG).values_list("attempts", flat=True)) == {2}


def flags_in(state: JobState) -> int:
    return Job.objects.filter(key=job_queue.FLAG, state=state).count()


def postmaster(home: Path) -> int | None:
    """The process id of the run's PostgreSQL; None while there is none."""
    try:
        return int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def answers() -> bool:
    try:
        Job.objects.exists()
    except OperationalError:
        connection.close()
        return False
    return True
