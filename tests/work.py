"""What CPU workers do, in the test's own process."""

from similarity.duplicates import flagging


def flag_all() -> None:
    """Flag what waits, as workers that wake each other do."""
    while flagging.run():
        pass
