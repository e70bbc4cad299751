"""The kinds of workers, by what they do, and the status of each kind, by its heartbeats."""

from collections.abc import Mapping, Sequence

from config.celery import app
from config.monitoring.heartbeats import BEAT, LONG_S, Heartbeat

OK = "ok"
KINDS: Mapping[str, Sequence[str]] = {  # the queues of each kind; see CELERY_TASK_ROUTES
    "search_and_embedding": ("search", "embed"),
    "derivatives": ("work",),
    "duplicates": ("flag",),
    "sweeps": ("sweep",),
    "beat": (BEAT,),
}

# The longest time that a task takes, in seconds. A task that takes longer hangs, so its worker must be restarted.
MINUTE_S, HOUR_S = 60.0, 3600.0
USUAL_S = LONG_S
BOUNDS_S: Mapping[str, float] = {
    "similarity.tasks.answer_next": 2 * MINUTE_S,  # with a slice of embedding, and a network that is loaded first
    "similarity.tasks.embed_pending": 5 * MINUTE_S,  # a batch of the largest pictures, on a slow disk
    "similarity.tasks.plan_requests": 20 * MINUTE_S,  # loads one network, or fetches it first
    "similarity.tasks.measure_when_idle": HOUR_S,
    "similarity.tasks.repair": HOUR_S,  # reads every picture
    "collection.tasks.repair": HOUR_S,
    "collection.tasks.clean_orphans": HOUR_S,  # it runs every hour
    "similarity.tasks.fit_projection": 6 * HOUR_S,
    "similarity.tasks.learn_from_records": 6 * HOUR_S,
    "similarity.tasks.make_indexes": 48 * HOUR_S,  # an index of ten million vectors takes 15 hours
}

SILENT = "no worker answers"
BEAT_SILENT = "the scheduler does not answer"
TAKES_NO_TASKS = "a worker runs but takes no tasks; it is starting, or it hangs"
FULL = "all its processes are busy with long tasks"
STOPPED = "a process of a worker is stopped"


def status_of(kind: str, beats: Sequence[Heartbeat]) -> str:
    """Return "ok", or a sentence about what is wrong with the workers of this kind."""
    for queue in KINDS[kind]:
        ours = [beat for beat in beats if queue in beat.queues and beat.is_fresh]
        if not ours:
            return BEAT_SILENT if kind == BEAT else SILENT
        if not any(beat.takes_tasks for beat in ours):
            return STOPPED if any(beat.stopped for beat in ours) else TAKES_NO_TASKS
        if late := [name for beat in ours for name, age_s in beat.tasks.items() if is_late(name, age_s, queue)]:
            return f"a worker has been busy with one task for more than {bound_s(late[0]) / MINUTE_S:g} minutes"
        if all(beat.is_full for beat in ours if beat.takes_tasks):
            return FULL
    return OK


def is_late(task: str, age_s: float, queue: str) -> bool:
    """Return True if a task of this queue takes longer than its bound."""
    return queue_of(task) == queue and age_s > bound_s(task)


def bound_s(task: str) -> float:
    return BOUNDS_S.get(task, USUAL_S)


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def age_s(kind: str, beats: Sequence[Heartbeat]) -> float:
    """Return the age of the newest heartbeat of a kind: the maximum over its queues; infinity if there is none."""
    ages = [[beat.age_s for beat in beats if queue in beat.queues] for queue in KINDS[kind]]
    return max(min(each, default=float("inf")) for each in ages)
