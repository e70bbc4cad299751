"""Celery tasks: each calls one function and is safe to run twice."""

from celery import shared_task


@shared_task
def make_derivatives() -> None:
    from collection.jobs import derivative_jobs

    derivative_jobs.run()


@shared_task
def make_pyramids() -> None:
    from collection.jobs import derivative_jobs

    derivative_jobs.run_pyramids()


@shared_task
def make_avif() -> None:
    from collection.jobs import derivative_jobs

    derivative_jobs.run_avif()


@shared_task
def read_palettes() -> None:
    from collection.jobs import derivative_jobs

    derivative_jobs.run_palettes()


@shared_task
def queue_resized() -> None:
    """Queue the tiled copies that changed limits of collections concern."""
    from collection.jobs import rebuilding

    rebuilding.queue_resized()


@shared_task
def sweep() -> None:
    """Wake workers for jobs that wait because a message was lost or a worker died."""
    from collection.jobs import derivative_jobs

    derivative_jobs.sweep()


@shared_task
def repair() -> None:
    """Add jobs that a crash between two writes may have left out."""
    from collection.jobs import derivative_jobs

    derivative_jobs.repair()


@shared_task
def check_files() -> None:
    """Check the files that were read longest ago."""
    from collection.jobs import file_checks

    file_checks.run_slice()


@shared_task
def clean_orphans() -> None:
    """Delete files whose pictures were deleted long ago."""
    from collection.files import orphan_cleaning

    orphan_cleaning.clean()


@shared_task
def forget_clients() -> None:
    """Forget the addresses in old entries of the audit log."""
    from collection.audit import forgetting

    forgetting.forget_clients()
