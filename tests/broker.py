"""The messages that wait in the run's Redis, as a worker would take them."""

import base64
import json
import threading
import traceback
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from redis import Redis

from similarity.workers import fair_queue

QUEUES = sorted({route["queue"] for route in settings.CELERY_TASK_ROUTES.values()})


class Message(NamedTuple):
    task: str
    arguments: list[object]


def connect() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


def read(line: bytes) -> Message:
    envelope = json.loads(line)
    arguments, _, _ = json.loads(base64.b64decode(envelope["body"]))
    return Message(envelope["headers"]["task"], arguments)


def clear() -> None:
    with connect() as redis:
        redis.delete(*QUEUES, fair_queue.KEY, fair_queue.TURNS)


def waiting() -> list[Message]:
    """Return the messages that no worker has taken, by queue, the oldest first."""
    with connect() as redis:
        return [read(line) for queue in QUEUES for line in reversed(redis.lrange(queue, 0, -1))]


def tasks() -> list[str]:
    return [message.task for message in waiting()]


def questions(kind: str) -> list[list[object]]:
    """Return the arguments of the searches or explanations that wait or are worked on, in order of arrival."""
    queued = sorted(fair_queue.read().queued, key=lambda each: each.number)
    return [list(each.arguments) for each in queued if each.kind == kind]


class FakeWorker(threading.Thread):
    """Takes the messages of one queue as they come, and hands their arguments to a function."""

    def __init__(self, queue: str, answer: Callable[..., object]) -> None:
        super().__init__(daemon=True)
        self.queue, self.answer, self.is_stopping, self.error = queue, answer, threading.Event(), ""

    def run(self) -> None:
        from django.db import connection

        with connect() as redis:
            while not self.is_stopping.is_set():
                if (found := redis.brpop([self.queue], timeout=0.2)) is not None:
                    self.take(read(found[1]))
        connection.close()

    def take(self, message: Message) -> None:
        try:
            self.answer(*message.arguments)
        except Exception:  # noqa: BLE001 - whatever it is, the test fails with it
            self.error = traceback.format_exc()

    def __enter__(self) -> "FakeWorker":
        clear()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_stopping.set()
        self.join()
        clear()
        assert not self.error, self.error
