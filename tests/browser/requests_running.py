"""Wait until the live site has answered all requests, also those whose browser tab is closed."""

import threading
from types import TracebackType
from typing import Self

from django.core.signals import request_finished, request_started

PATIENCE_S = 60


class RequestsRunning:
    """Count the requests that this process is answering, by Django's signals."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def __enter__(self) -> Self:
        request_started.connect(self.one_more)
        request_finished.connect(self.one_fewer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        request_started.disconnect(self.one_more)
        request_finished.disconnect(self.one_fewer)

    def one_more(self, **signal: object) -> None:
        with self.changed:
            self.count += 1

    def one_fewer(self, **signal: object) -> None:
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait_for_the_last(self) -> None:
        """Wait until no request runs. Raise AssertionError after PATIENCE_S."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.count == 0, PATIENCE_S), f"{self.count} requests still run"
