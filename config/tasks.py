"""Celery tasks of the configuration: each calls one function and is safe to run twice."""

from celery import shared_task


@shared_task
def forget_tries() -> None:
    """Forget the wrong passwords that no longer count."""
    from config.accounts import lockout

    lockout.forget_old()
