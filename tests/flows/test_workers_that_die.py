"""Nothing lost, nothing done twice: workers are killed, the broker is away, and every picture still gets its vector."""

import os
import signal
from pathlib import Path

from django.db import OperationalError, connection, transaction

from collection import ingest
from collection.jobs import job_queue
from collection.models import ArtworkImage, Step, StepState
from similarity import sweeping
from similarity.duplicates import flagging
from similarity.embedding import pipeline
from similarity.models import DuplicatePair
from similarity.spaces import lifecycle
from tests import factories, fakes
from tests.flows.conftest import Workers, wait_until

PICTURES = 12
SMALL_NETWORK = {"KINDRED_BACKBONE": "squeezenet1_0", "KINDRED_BATCH_SIZE": "4", "KINDRED_LEASE_S": "5"}


def upload(count: int) -> list[ArtworkImage]:
    collection = factories.a_collection()
    return [
        ingest.add(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
        for seed in range(count)
    ]


def embed_steps() -> list[Step]:
    return list(Step.objects.filter(key__startswith="embed:"))


def is_any(state: StepState) -> bool:
    return Step.objects.filter(key__startswith="embed:", state=state).exists()


def all_embedded() -> bool:
    """Into every lens's live space."""
    live = lifecycle.live_spaces()
    return bool(live) and all(
        Step.objects.filter(key=space.step_key, state=StepState.DONE).count() == PICTURES for space in live
    )


def test_a_worker_killed_in_mid_batch_loses_nothing_and_embeds_nothing_twice(workers: Workers):
    upload(PICTURES)
    victim = workers.start("search,embed", **SMALL_NETWORK)
    wait_until(lambda: is_any(StepState.CLAIMED) or is_any(StepState.DONE), workers, "the first claim")

    victim.kill()
    victim.wait()
    left_behind = Step.objects.filter(state=StepState.CLAIMED, key__startswith="embed:").count()
    workers.start("search,embed", **SMALL_NETWORK)
    wait_until(all_embedded, workers, "every picture embedded after the crash", meanwhile=sweeping.sweep)

    assert left_behind > 0
    assert {space.embeddings.count() for space in lifecycle.live_spaces()} == {PICTURES}
    assert max(step.attempts for step in embed_steps()) == 2  # done again, once


def test_a_worker_outlives_a_restart_of_the_database_and_finishes_its_work(workers: Workers, home: Path):
    upload(PICTURES)
    workers.start("search,embed", **SMALL_NETWORK)
    wait_until(lambda: is_any(StepState.CLAIMED) or is_any(StepState.DONE), workers, "the first claim")

    before = postmaster(home)
    os.kill(before, signal.SIGINT)  # as an administrator stops it; its keeper starts it again
    wait_until(lambda: postmaster(home) not in {before, None} and answers(), workers, "the database back")
    wait_until(all_embedded, workers, "every picture embedded after the restart", meanwhile=sweeping.sweep)

    assert {space.embeddings.count() for space in lifecycle.live_spaces()} == {PICTURES}
    assert workers.running[0].poll() is None  # the same process, all the time


def test_a_worker_killed_in_mid_flagging_leaves_its_pictures_to_another_and_no_pair_is_there_twice(workers: Workers):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    work = factories.a_work()
    copy = factories.a_work(work.collection)
    for each, ending in ((work, b""), (copy, b"\0")):
        ingest.add(each, ingest.NewPicture(factories.painted(5) + ending, "print.jpg"))
    pipeline.run([embedder])

    with transaction.atomic():  # the worker cannot go on: it waits for the picture of its pair
        ArtworkImage.objects.select_for_update().get(artwork=copy)
        victim = workers.start("work,flag", KINDRED_LEASE_S="5")
        wait_until(lambda: flags_in(StepState.CLAIMED) == 2, workers, "the claim", meanwhile=flagging.sweep)
        victim.kill()
        victim.wait()
    left_behind = flags_in(StepState.CLAIMED)
    workers.start("work,flag", KINDRED_LEASE_S="5")
    wait_until(lambda: flags_in(StepState.DONE) == 2, workers, "every picture flagged", meanwhile=flagging.sweep)

    pair = DuplicatePair.objects.get()
    assert left_behind == 2
    assert (pair.low.artwork, pair.high.artwork) == (work, copy)
    assert set(Step.objects.filter(key=job_queue.FLAG).values_list("attempts", flat=True)) == {2}


def flags_in(state: StepState) -> int:
    return Step.objects.filter(key=job_queue.FLAG, state=state).count()


def postmaster(home: Path) -> int | None:
    """The process id of the run's PostgreSQL; None while there is none."""
    try:
        return int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def answers() -> bool:
    try:
        Step.objects.exists()
    except OperationalError:
        connection.close()
        return False
    return True
