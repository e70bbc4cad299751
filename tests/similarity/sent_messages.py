"""Searches and explanations that wait for a worker."""

from collections.abc import Sequence
from typing import Any

from similarity.image_query import searches
from similarity.workers import fair_queue
from tests import broker


class SentMessages(Sequence[Any]):
    """The arguments of each of one kind, the oldest first. They are read anew at each use."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __len__(self) -> int:
        return len(self.waiting())

    def __getitem__(self, place: Any) -> Any:
        return self.waiting()[place]

    def waiting(self) -> list[Any]:
        return broker.questions(self.kind)


class SentTokens(SentMessages):
    """The same for a kind with a single argument."""

    def waiting(self) -> list[Any]:
        return [argument for (argument,) in super().waiting()]


def search_of(name: str, asker: fair_queue.Asker) -> fair_queue.Queued:
    """A search as it waits, of a picture that does not exist."""
    return searches.queued(name, asker)


def fill_queue(count: int) -> None:
    """Let so many searches wait, each from a network of its own."""
    for number in range(count):
        fair_queue.put(search_of(f"other {number}", fair_queue.Asker(f"network {number}", f"client {number}")))
