"""Heartbeats tell of each kind of worker whether one works now, and what is wrong otherwise."""

from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from celery.worker import state
from redis import Redis

from config.monitoring import heartbeats, worker_kinds
from config.monitoring.heartbeat_writers import WorkerActivity
from config.monitoring.heartbeats import FORGOTTEN_S, INTERVAL_S, STALE_S, Heartbeat
from similarity.workers import ephemeral

EMBEDDING = Heartbeat(["embed", "search"], can_wait=True)
CPU = Heartbeat(["flag", "sweep", "work"])


@dataclass(frozen=True)
class Request:
    """What celery tells of a task that a worker has received."""

    name: str
    id: str = field(default_factory=lambda: uuid4().hex)


@pytest.fixture
def redis() -> Redis:
    with ephemeral.connect() as client:
        client.delete(heartbeats.KEY)
        yield client
        client.delete(heartbeats.KEY)


def test_a_stale_heartbeat_is_seen_within_ten_seconds():
    assert STALE_S + INTERVAL_S <= 10


@pytest.mark.parametrize(
    ("kind", "beat", "sentence"),
    [
        ("search_and_embedding", EMBEDDING, "ok"),
        ("search_and_embedding", Heartbeat(["search"]), worker_kinds.SILENT),  # nobody embeds
        ("search_and_embedding", replace(EMBEDDING, age_s=STALE_S + 1), worker_kinds.SILENT),
        ("derivatives", CPU, "ok"),
        ("derivatives", EMBEDDING, worker_kinds.SILENT),
        ("sweeps", replace(CPU, loop_age_s=STALE_S + 1), worker_kinds.TAKES_NO_TASKS),
        ("sweeps", replace(CPU, loop_age_s=STALE_S / 2, age_s=STALE_S * 0.75), worker_kinds.TAKES_NO_TASKS),
        ("sweeps", replace(CPU, loop_age_s=None), worker_kinds.TAKES_NO_TASKS),
        ("sweeps", replace(CPU, stopped=1), worker_kinds.STOPPED),
        ("beat", Heartbeat(["beat"]), "ok"),
        ("beat", Heartbeat(["beat"], age_s=STALE_S + 1), worker_kinds.BEAT_SILENT),
    ],
)
def test_each_kind_is_judged_by_its_own_heartbeat(kind: str, beat: Heartbeat, sentence: str):
    assert worker_kinds.status_of(kind, [beat]) == sentence


def test_a_worker_that_computes_in_its_main_process_works_although_its_loop_waits():
    computing = replace(EMBEDDING, loop_age_s=60.0, tasks={"similarity.tasks.embed_pending": 60.0})

    assert worker_kinds.status_of("search_and_embedding", [computing]) == "ok"


def test_a_worker_with_child_processes_hangs_if_its_loop_waits():
    hanging = replace(CPU, loop_age_s=60.0, tasks={"collection.tasks.make_derivatives": 60.0})

    assert worker_kinds.status_of("derivatives", [hanging]) == worker_kinds.TAKES_NO_TASKS


def test_a_task_is_late_by_the_bound_of_its_kind_and_named_with_its_own_kind_only():
    searching = replace(EMBEDDING, tasks={"similarity.tasks.answer_next": 180.0})
    indexing = replace(CPU, tasks={"similarity.tasks.make_indexes": 6 * 3600.0, "similarity.tasks.flag_pending": 700.0})

    assert worker_kinds.status_of("search_and_embedding", [searching]).endswith("for more than 2 minutes")
    assert worker_kinds.status_of("derivatives", [indexing]) == "ok"
    assert worker_kinds.status_of("duplicates", [indexing]).endswith("for more than 10 minutes")


@pytest.mark.parametrize(
    ("occupied", "sentence"), [([2], worker_kinds.FULL), ([1], "ok"), ([2, 2], worker_kinds.FULL), ([2, 0], "ok")]
)
def test_a_kind_whose_processes_are_all_busy_with_long_tasks_takes_none(occupied: list[int], sentence: str):
    workers = [replace(CPU, processes=2, occupied=number) for number in occupied]

    assert {worker_kinds.status_of(kind, workers) for kind in ("sweeps", "derivatives", "duplicates")} == {sentence}


def test_a_worker_notes_how_many_of_its_processes_are_busy_with_long_tasks(monkeypatch):
    long, new, queued = (Request("celery.ping") for _ in range(3))
    monkeypatch.setattr(state, "reserved_requests", {long, new, queued})
    monkeypatch.setattr(state, "active_requests", {long, new})
    activity = WorkerActivity()
    activity.children = lambda: [0, 0]

    activity.note_loop()
    activity.begun[long.id] -= heartbeats.LONG_S

    assert (activity.now().processes, activity.now().occupied) == (2, 1)


def test_cleaning_of_orphan_files_may_take_an_hour():
    cleaning = replace(CPU, tasks={"collection.tasks.clean_orphans": 3500.0})

    assert worker_kinds.status_of("duplicates", [cleaning]) == "ok"


def test_one_worker_that_works_is_enough_for_its_kind():
    dead = replace(CPU, age_s=60.0)

    assert worker_kinds.status_of("duplicates", [dead, CPU]) == "ok"


def test_heartbeats_are_read_as_they_were_written_with_their_age(redis: Redis):
    heartbeats.write(redis, "a", replace(CPU, tasks={"collection.tasks.sweep": 1.5}))
    heartbeats.write(redis, "b", EMBEDDING)

    found = heartbeats.read(redis)

    assert sorted((replace(beat, age_s=0.0) for beat in found), key=lambda beat: beat.queues) == [
        EMBEDDING,
        replace(CPU, tasks={"collection.tasks.sweep": 1.5}),
    ]
    assert all(0.0 <= beat.age_s < STALE_S for beat in found)


def test_processes_that_are_long_gone_are_forgotten_and_the_hash_expires(redis: Redis):
    redis.hset(heartbeats.KEY, "gone", f'{{"queues": ["work"], "at": {ephemeral.time_of(redis) - FORGOTTEN_S - 1}}}')

    heartbeats.write(redis, "a", CPU)

    assert redis.hkeys(heartbeats.KEY) == [b"a"]
    assert 0 < redis.ttl(heartbeats.KEY) <= FORGOTTEN_S


def test_a_heartbeat_of_another_release_is_read_without_what_is_unknown(redis: Redis):
    redis.hset(heartbeats.KEY, "newer", f'{{"queues": ["work"], "mood": 1, "at": {ephemeral.time_of(redis)}}}')

    assert [list(beat.queues) for beat in heartbeats.read(redis)] == [["work"]]


def test_every_bound_is_that_of_a_task():
    worker_kinds.app.loader.import_default_modules()

    assert set(worker_kinds.BOUNDS_S) <= set(worker_kinds.app.tasks)


def test_every_queue_belongs_to_one_kind():
    queues = [queue for queues in worker_kinds.KINDS.values() for queue in queues]

    assert sorted(queues) == sorted({"beat", *(route["queue"] for route in worker_kinds.app.conf.task_routes.values())})
