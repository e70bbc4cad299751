"""The broker, for tests of what is sent to workers. Models are imported late: Django is set up after this file."""

import pytest


@pytest.fixture
def broker(monkeypatch):
    """The run's broker, without messages, and reached even if an earlier test took it away."""
    from collection.jobs import workers
    from tests import broker

    monkeypatch.setattr(workers.Quiet, "until_s", 0.0)
    broker.clear()
    yield broker
    broker.clear()
