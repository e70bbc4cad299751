"""Doorbells: a message says only that there is work; what work, the database knows."""

import logging
import time

from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# Nobody waits for a broker that is away: one try, then some quiet. Kombu by itself would go on for six seconds.
ONE_TRY = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
QUIET_S = 15
STALE_S = 60  # a bell that nobody heard in that time is one of many, or the sweeper has rung again


class Quiet:
    """Until when no bell is rung, on time.monotonic's clock; the sweeper rings meanwhile."""

    until_s = 0.0


def ring(task: Task) -> None:
    """Wakes a worker. A broker that is away is no error: the sweeper rings again."""
    if time.monotonic() < Quiet.until_s:
        return
    try:
        with current_app.connection_for_write(transport_options=ONE_TRY) as connection:
            task.apply_async(connection=connection, retry=False, ignore_result=True, expires=STALE_S)
    except OperationalError as error:
        Quiet.until_s = time.monotonic() + QUIET_S
        logger.warning("Could not ring for %s (the sweeper will): %s", task.name, error)


def ring_after_commit(task: Task) -> None:
    transaction.on_commit(lambda: ring(task))
