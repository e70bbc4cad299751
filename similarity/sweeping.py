"""What keeps the truth in the database true when messages are lost and workers die, and spaces on their way."""

from collection.jobs import job_queue, workers
from similarity.duplicates import flagging
from similarity.evaluation.jobs import scheduling
from similarity.models import SpaceState
from similarity.spaces import fitting, indexing, lifecycle, retiring, space_requests
from similarity.workers import task_names

OFTEN_CALIBRATED = 10_000  # vectors; counting more of them every few seconds would cost


def sweep() -> None:
    """Wake workers for waiting pictures; move spaces on and calibrate them. Cheap: every few seconds."""
    open_now = list(lifecycle.open_spaces())
    if job_queue.is_waiting(*(space.step_key for space in open_now)):
        workers.wake(task_names.EMBED)
    wake_for_requests()
    flagging.sweep()
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
    scheduling.request_if_due(is_often=True)
    if scheduling.is_due():
        workers.wake(task_names.MEASURE)


def wake_for_requests() -> None:
    """Networks are loaded by the embedding worker; learned looks are built by CPU workers."""
    if space_requests.is_waiting(space_requests.NETWORKS):
        workers.wake(task_names.PLAN_REQUESTS)
    if space_requests.is_waiting(~space_requests.NETWORKS):
        workers.wake(task_names.LEARN)


def repair() -> None:
    """Every picture has its step in every open space, also one that came in while a space was being made.

    Looks at every picture, so it is for every few minutes.
    """
    for space in lifecycle.open_spaces():
        lifecycle.note_missing(space)
        lifecycle.calibrate(space)
    flagging.repair()
    retiring.forget_leftovers()
    scheduling.request_if_due(is_often=False)


def is_settled() -> bool:
    """True when no space is about to move on by itself, and none is asked for."""
    return not space_requests.is_waiting() and not any(
        fitting.is_due(space)
        or indexing.is_due(space)
        or (space.state == SpaceState.BUILDING and space.auto_activate and not space.problem)
        for space in lifecycle.open_spaces()
    )
