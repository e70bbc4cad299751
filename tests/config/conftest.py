"""Fixtures for tests of /readyz and /metrics."""

from collections.abc import Iterator
from concurrent.futures import wait

import pytest


@pytest.fixture
def long_limit(monkeypatch) -> Iterator[None]:
    """Give checks a minute, so that none is late on a busy machine. None is left running for the next test."""
    from config.monitoring import health, own_threads  # after Django is set up

    monkeypatch.setattr(health, "LIMIT_S", 60.0)
    yield
    wait(own_threads.running.values())
