"""Messages to workers. A message says only that there is work; what work, the database knows.

Tasks are sent by their names, so that who sends one need not import what it runs.
"""

import logging
import time
from collections.abc import Sequence

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

MAKE_DERIVATIVES = "collection.tasks.make_derivatives"

# Nobody waits for a broker that is away: one try, then some quiet. Kombu by itself would go on for six seconds.
ONE_TRY = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
QUIET_S = 15
STALE_S = 60  # a message that no worker took in that time is one of many, or the sweep has sent it again


class Quiet:
    """Until when no message is sent, on time.monotonic's clock; the sweep sends them meanwhile."""

    until_s = 0.0


def wake(task_name: str) -> None:
    """Wake a worker. A broker that is away is no error: the sweep sends the message again."""
    if time.monotonic() < Quiet.until_s:
        return
    try:
        with current_app.connection_for_write(transport_options=ONE_TRY) as connection:
            current_app.send_task(task_name, connection=connection, retry=False, ignore_result=True, expires=STALE_S)
    except OperationalError as error:
        Quiet.until_s = time.monotonic() + QUIET_S
        logger.warning("Could not wake a worker for %s (the sweep will): %s", task_name, error)


def wake_after_commit(task_name: str) -> None:
    transaction.on_commit(lambda: wake(task_name))


def ask(task_name: str, arguments: Sequence[object], *, expires_s: int) -> None:
    """Send a task that a visitor waits for. Raise OperationalError if the broker is away."""
    current_app.send_task(task_name, arguments, retry=False, ignore_result=True, expires=expires_s)
