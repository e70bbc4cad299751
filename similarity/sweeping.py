"""Periodic work of `beat`: send lost messages again, add missing jobs, and move spaces to their next state."""

from contextlib import suppress

from redis.exceptions import RedisError

from collection.jobs import job_queue, leases, workers
from similarity.duplicates import flagging, grouping, placeholders, rescoring
from similarity.evaluation.jobs import scheduling
from similarity.groups.building import joining, overview_stages, versions
from similarity.models import SpaceState
from similarity.spaces import fitting, indexing, lifecycle, retiring, space_requests
from similarity.vision.twin import weights_file
from similarity.workers import fair_queue, task_names

OFTEN_CALIBRATED = 10_000  # vectors; counting more of them every few seconds would take too long


def sweep() -> None:
    """Wake workers for what waits, and move spaces to their next state. Cheap enough to run every few seconds."""
    wake_for_searches()
    open_now = list(lifecycle.open_spaces())
    keys = lifecycle.embedding_keys(open_now)
    leases.mend(keys)
    job_queue.give_up(keys)
    if job_queue.is_waiting(*keys):
        workers.wake(task_names.EMBED)
    wake_for_requests()
    flagging.sweep()
    rescoring.sweep()
    fitting.plan_refits()
    for space in open_now:
        if fitting.is_due(space):
            workers.wake(task_names.FIT)
        if indexing.is_due(space):
            workers.wake(task_names.MAKE_INDEXES)
        if space.calibrated_on < OFTEN_CALIBRATED:
            lifecycle.calibrate(space)
        lifecycle.switch_when_complete(space)
    retiring.run()
    versions.request_if_due(is_often=True)
    if overview_stages.is_due() or joining.is_due():
        workers.wake(task_names.BUILD_OVERVIEW)
    scheduling.request_if_due(is_often=True)  # after an overview, which is built first
    if scheduling.is_due():
        workers.wake(task_names.MEASURE)


def wake_for_searches() -> None:
    """Wake a worker for each search whose message was lost or whose worker died. Without Redis none can wait."""
    with suppress(RedisError):
        for _ in range(fair_queue.unannounced()):
            workers.wake(task_names.ANSWER)


def wake_for_requests() -> None:
    """Wake a worker for requests that wait: an embedding worker for networks, a CPU worker for learned looks."""
    if space_requests.is_waiting(space_requests.NETWORKS):
        workers.wake(task_names.PLAN_REQUESTS)
    if space_requests.is_waiting(~space_requests.NETWORKS):
        workers.wake(task_names.LEARN)


def repair() -> None:
    """Add the jobs that pictures lack in open spaces, such as those added while a space was being planned.

    Also regroup cases that lost pairs. It reads every picture, so it should run only every few minutes.
    """
    for space in lifecycle.open_spaces():
        lifecycle.add_missing_jobs(space)
        lifecycle.calibrate(space)
    flagging.repair()
    placeholders.repair()
    grouping.repair()
    rescoring.score_unscored()
    retiring.forget_leftovers()
    versions.request_if_due(is_often=False)
    scheduling.request_if_due(is_often=False)
    if (overview := versions.live()) is not None:
        joining.join_missing(overview)


def repair_all() -> None:
    """Repair, and add jobs for the twin values of pictures that a release without them has described.

    Nobody waits for these, so a person who has the jobs repaired (`process_pending`) does not add them.
    """
    repair()
    if weights_file.state():
        job_queue.add_missing(job_queue.TWIN)


def is_settled() -> bool:
    """Return True if no space is about to change its state automatically, and no request for spaces waits."""
    return not space_requests.is_waiting() and not any(
        fitting.is_due(space)
        or indexing.is_due(space)
        or (space.state == SpaceState.BUILDING and space.auto_activate and not space.problem)
        for space in lifecycle.open_spaces()
    )
