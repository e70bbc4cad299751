"""Messages of one task that no worker has taken."""

from collections.abc import Sequence
from typing import Any

from tests import broker


class SentMessages(Sequence[Any]):
    """The arguments of each message that waits in the broker, the oldest first. They are read anew at each use."""

    def __init__(self, task: str) -> None:
        self.task = task

    def __len__(self) -> int:
        return len(self.waiting())

    def __getitem__(self, place: Any) -> Any:
        return self.waiting()[place]

    def waiting(self) -> list[Any]:
        return [message.arguments for message in broker.waiting() if message.task == self.task]


class SentTokens(SentMessages):
    """The same for a task with a single argument."""

    def waiting(self) -> list[Any]:
        return [argument for (argument,) in super().waiting()]


def fill_queue(queue: str, count: int) -> None:
    """Let so many messages wait in a queue. They cannot be read as messages."""
    with broker.connect() as redis:
        redis.rpush(queue, *["{}"] * count)
