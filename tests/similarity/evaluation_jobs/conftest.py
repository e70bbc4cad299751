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
def _nothing_waits(broker) -> None:
    """Delete messages and searches before and after each test. A worker does not measure while a search waits."""
