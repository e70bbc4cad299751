"""Small jobs, so that tests take seconds. Models are imported late: Django is set up after this file."""

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
    """A worker on a busy machine keeps what it claimed; what becomes of lost leases is tested elsewhere."""
    settings.KINDRED_LEASE_S = 60


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tasks that a worker was woken for."""
    from collection.jobs import workers

    found: list[str] = []
    monkeypatch.setattr(workers, "wake", lambda name: found.append(name.rpartition(".")[2]))
    return found


@pytest.fixture(autouse=True)
def _nobody_searches() -> None:
    """Another test's search may wait in this Redis for ever, and a worker gives way to it."""
    from similarity.image_query import searches
    from similarity.workers import ephemeral

    with ephemeral.connect() as redis:
        redis.delete(searches.QUEUE)
