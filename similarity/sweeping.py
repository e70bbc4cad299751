"""What keeps the truth in the database true when messages are lost and workers die."""

from collection import bell, steps
from similarity import spaces, tasks


def sweep() -> None:
    """Waiting pictures are rung for; spaces are switched when complete, and calibrated. Cheap: every few seconds."""
    for space in spaces.open_spaces():
        if steps.is_waiting(space.step_key):
            bell.ring(tasks.embed_pending)
        spaces.switch_when_complete(space)
        spaces.calibrate(space)


def repair() -> None:
    """Every picture has its step in every open space, also one that came in while a space was being made.

    Looks at every picture, so it is for every few minutes.
    """
    for space in spaces.open_spaces():
        steps.add_missing(space.step_key)
