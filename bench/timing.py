"""Clocks: seconds of calls, percentiles, and the time spent in one function of the pipeline."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

import numpy as np

Result = TypeVar("Result")


def seconds(call: Callable[..., object], *arguments: object) -> float:
    return timed(call, *arguments)[0]


def timed(call: Callable[..., Result], *arguments: object) -> tuple[float, Result]:
    """Return the seconds of a call, and its result."""
    start = time.perf_counter()
    result = call(*arguments)
    return time.perf_counter() - start, result


def p50_p95_ms(taken_s: Sequence[float]) -> tuple[float, float]:
    p50, p95 = np.percentile(taken_s, [50, 95])
    return float(p50) * 1000, float(p95) * 1000


class Clock:
    """Sums the seconds spent in one function, over all calls and threads."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self.lock = Lock()

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                with self.lock:
                    self.total_s += time.perf_counter() - start

        return timed


@contextmanager
def clocked(owner: object, name: str) -> Iterator[Clock]:
    """Yield a clock that sums the time of the calls of `owner.name` within the with-block."""
    clock, original = Clock(), getattr(owner, name)
    setattr(owner, name, clock.around(original))
    try:
        yield clock
    finally:
        setattr(owner, name, original)
