"""The work of CPU workers, in the process of the test."""

from similarity.duplicates import flagging


def flag_all() -> None:
    """Flag all pictures that wait, as workers that wake one another do."""
    while flagging.run():
        pass
