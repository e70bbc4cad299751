"""Small jobs, so that tests take seconds. Models are imported late, because Django is set up after this file."""

import pytest


@pytest.fixture(autouse=True)
def _small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    from similarity.evaluation.jobs import copies_job, likeness_job, speed_job

    monkeypatch.setattr(copies_job, "ALTERED", 8)
    monkeypatch.setattr(copies_job, "BACKGROUND", 2)
    monkeypatch.setattr(copies_job, "ALTERATIONS", ("jpeg-30", "flip"))
    monkeypatch.setattr(likeness_job, "WORKS", 22)
    monkeypatch.setattr(speed_job, "TIMED", 4)


@pytest.fixture(autouse=True)
def _patient_leases(settings) -> None:
    """Let a worker on a busy machine keep its leases. Other tests check lost leases."""
    settings.KINDRED_LEASE_S = 60


@pytest.fixture(autouse=True)
def _no_messages_left(broker) -> None:
    """Delete the messages before and after each test."""


@pytest.fixture(autouse=True)
def _no_search_waits() -> None:
    """Delete searches that other tests left in Redis, because a worker does not measure while one waits."""
    from similarity.image_query import searches
    from similarity.workers import ephemeral

    with ephemeral.connect() as redis:
        redis.delete(searches.QUEUE)
