"""Messages to workers. A message only says that jobs are waiting. The jobs are in the database.

Tasks are sent by name, so that the sender need not import the code of the task.
"""

import logging
import time
from collections.abc import Sequence

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

MAKE_DERIVATIVES = "collection.tasks.make_derivatives"
MAKE_PYRAMIDS = "collection.tasks.make_pyramids"
MAKE_AVIF = "collection.tasks.make_avif"
READ_PALETTES = "collection.tasks.read_palettes"
QUEUE_RESIZED = "collection.tasks.queue_resized"

# Try only once, as a request must not wait for a missing broker. Kombu would try for six seconds.
ONE_TRY = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
QUIET_S = 15  # no message is sent for so long after a broker did not answer
STALE_S = 60  # a message expires after that; the sweep sends another one if jobs still wait


class Quiet:
    """No message is sent until this time on time.monotonic's clock. Sweeps send the missed ones later."""

    until_s = 0.0


def wake(task_name: str) -> None:
    """Wake a worker. A missing broker is no error, as a sweep sends the message later."""
    if time.monotonic() < Quiet.until_s:
        return
    try:
        with current_app.connection_for_write(transport_options=ONE_TRY) as connection:
            current_app.send_task(task_name, connection=connection, retry=False, ignore_result=True, expires=STALE_S)
    except OperationalError as error:
        Quiet.until_s = time.monotonic() + QUIET_S
        logger.warning("Could not wake a worker for %s (a sweep will do it later): %s", task_name, error)


def wake_after_commit(task_name: str) -> None:
    """Wake a worker when the current transaction commits, or at once outside of a transaction."""
    transaction.on_commit(lambda: wake(task_name))


def ask(task_name: str, arguments: Sequence[object], *, expires_s: int) -> None:
    """Send a task that a visitor waits for. Raise OperationalError if the broker does not answer."""
    current_app.send_task(task_name, arguments, retry=False, ignore_result=True, expires=expires_s)
