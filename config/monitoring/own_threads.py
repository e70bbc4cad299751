"""Start checks that may hang, each in a thread of its own, so that their caller can stop waiting for them."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Found = TypeVar("Found")

threads: dict[str, ThreadPoolExecutor] = {}
running: "dict[str, Future[Any]]" = {}


def start(name: str, check: Callable[[], Found]) -> "Future[Found]":
    """Start a check, unless the one before of this name is still running. A hanging check occupies no other thread."""
    before = running.get(name)
    if before is not None and not before.done():
        return before
    pool = threads.setdefault(name, ThreadPoolExecutor(max_workers=1, thread_name_prefix=name))
    running[name] = pool.submit(check)
    return running[name]


def outcome(future: "Future[Found]", until: float) -> Found:
    """Return what a check found. Raise what it raised, or TimeoutError at `until` on time.monotonic's clock."""
    return future.result(max(0.0, until - time.monotonic()))
