"""Doorbells: a message says only that there is work; what work, the database knows."""

import logging

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(task: Task) -> None:
    """Wakes a worker. A broker that is away is no error: the sweeper rings again."""
    try:
        task.apply_async(retry=False, ignore_result=True)
    except OperationalError as error:
        logger.warning("Could not ring for %s (the sweeper will): %s", task.name, error)


def ring_after_commit(task: Task) -> None:
    transaction.on_commit(lambda: ring(task))
