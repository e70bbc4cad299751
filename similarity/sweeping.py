"""What keeps the truth in the database true when messages are lost and workers die, and spaces on their way."""

from collection import bell, steps
from similarity import fitting, flagging, indexing, requests, retiring, spaces, task_names
from similarity.evaluation_jobs import asking
from similarity.models import SpaceState

OFTEN_CALIBRATED = 10_000  # vectors; counting more of them every few seconds would cost


def sweep() -> None:
    """Waiting pictures are rung for; spaces are moved on, calibrated and cleared away. Cheap: every few seconds."""
    open_now = list(spaces.open_spaces())
    if steps.is_waiting(*(space.step_key for space in open_now)):
        bell.ring(task_names.EMBED)
    if requests.is_waiting():
        bell.ring(task_names.PLAN_REQUESTS)
        bell.ring(task_names.LEARN)
    flagging.sweep()
    fitting.plan_refits()
    for space in open_now:
        if fitting.is_due(space):
            bell.ring(task_names.FIT)
        if indexing.is_due(space):
            bell.ring(task_names.MAKE_INDEXES)
        if space.calibrated_on < OFTEN_CALIBRATED:
            spaces.calibrate(space)
        spaces.switch_when_complete(space)
    retiring.run()
    asking.ask_by_itself(is_often=True)
    if asking.is_due():
        bell.ring(task_names.MEASURE)


def repair() -> None:
    """Every picture has its step in every open space, also one that came in while a space was being made.

    Looks at every picture, so it is for every few minutes.
    """
    for space in spaces.open_spaces():
        spaces.note_missing(space)
        spaces.calibrate(space)
    flagging.repair()
    retiring.forget_leftovers()
    asking.ask_by_itself(is_often=False)


def is_settled() -> bool:
    """True when no space is about to move on by itself, and none is asked for."""
    return not requests.is_waiting() and not any(
        fitting.is_due(space)
        or indexing.is_due(space)
        or (space.state == SpaceState.BUILDING and space.switches_itself and not space.problem)
        for space in spaces.open_spaces()
    )
