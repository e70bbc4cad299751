"""Doorbells of this room: no logic inside, safe to run twice."""

from celery import shared_task


@shared_task
def make_derivatives() -> None:
    from collection import darkroom  # pyvips lives in workers only

    darkroom.run()


@shared_task
def sweep() -> None:
    """Rings again for what a lost message or a dead worker left behind."""
    from collection import darkroom

    darkroom.sweep()


@shared_task
def repair() -> None:
    """Notes again what a crash between two writes may have left out."""
    from collection import darkroom

    darkroom.repair()
