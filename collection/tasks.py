"""Celery tasks: each calls one function and is safe to run twice."""

from celery import shared_task


@shared_task
def make_derivatives() -> None:
    from collection.jobs import derivative_jobs  # pyvips lives in workers only

    derivative_jobs.run()


@shared_task
def sweep() -> None:
    """Wake workers for what a lost message or a dead worker left behind."""
    from collection.jobs import derivative_jobs

    derivative_jobs.sweep()


@shared_task
def repair() -> None:
    """Notes again what a crash between two writes may have left out."""
    from collection.jobs import derivative_jobs

    derivative_jobs.repair()
