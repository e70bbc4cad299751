"""What keeps the truth in the database true when messages are lost and workers die."""

from collection import bell, steps
from similarity import spaces, tasks


def sweep() -> None:
    """Every picture has its step in every open space; waiting ones are rung for; spaces are switched and calibrated."""
    for space in spaces.open_spaces():
        steps.add_missing(space.step_key)
        if steps.is_waiting(space.step_key):
            bell.ring(tasks.embed_pending)
        spaces.switch_when_complete(space)
        spaces.calibrate(space)
