"""/healthz and /readyz, against real servers and servers that are not there."""

import shutil
from pathlib import Path

import pytest

from config.monitoring import health
from similarity.models import Space, SpaceState
from similarity.vision.networks import shipped

NOWHERE = "unix:///nowhere/redis.sock"


def live_space(**fields: object) -> Space:
    made_of = {
        "lens": "look", "backbone": "vgg16", "weights_digest": "0" * 64, "is_trained": False, "pooling": "gem-3",
        "dimensions": 512, "state": SpaceState.LIVE,
    }  # fmt: skip
    return Space.objects.create(**made_of | fields)


@pytest.fixture
def patient(monkeypatch):
    """No check is late, also where the machine is busy."""
    monkeypatch.setattr(health, "LIMIT_S", 60.0)


def test_the_process_is_healthy_without_any_server(client, settings):
    settings.REDIS_URL = NOWHERE

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readiness_names_what_is_missing(client, patient):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "database": "ok",
        "redis": "ok",
        "worker": "no worker answers",
        "weights": "no worker has loaded a network yet",
    }


@pytest.mark.django_db(transaction=True)
def test_a_site_with_everything_is_ready(client, monkeypatch, patient):
    live_space()
    monkeypatch.setitem(health.CHECKS, "worker", lambda: health.OK)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert set(answer.json().values()) == {"ok"}


@pytest.mark.django_db(transaction=True)
def test_a_damaged_or_missing_weights_file_is_named_with_the_remedy(client, patient, tmp_path: Path, monkeypatch):
    live_space()
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "weights")

    found = client.get("/readyz").json()

    file = tmp_path / "weights" / "vgg16_features.safetensors"
    assert found["weights"] == (
        f"The weights file {file} is missing; restore it from Kindred's repository"
        " (git checkout weights/vgg16_features.safetensors) or install Kindred again."
    )


@pytest.mark.django_db(transaction=True)
def test_a_damaged_projection_is_named_until_it_is_restored(client, patient, tmp_path: Path, monkeypatch):
    live_space()
    path = next((shipped.FOLDER / "projections").glob("subject-*"))
    folder = tmp_path / "kindred" / "weights"
    shutil.copytree(shipped.FOLDER, folder, ignore=shutil.ignore_patterns("composition*", "look*", "match*"))
    monkeypatch.setattr(shipped, "FOLDER", folder)
    there = folder / "projections" / path.name
    there.write_bytes(path.read_bytes()[:-1000])

    damaged = client.get("/readyz").json()
    there.write_bytes(path.read_bytes())
    restored = client.get("/readyz").json()

    assert damaged["weights"].startswith(f"The file {there} is truncated or modified; restore it from Kindred's")
    assert restored["weights"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_the_weights_that_the_operators_own_file_replaces_need_not_be_there(
    client, patient, settings, tmp_path: Path, monkeypatch
):
    live_space()
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "weights")
    settings.KINDRED_WEIGHTS = tmp_path / "mine.pth"

    of_two = client.get("/readyz").json()
    settings.KINDRED_BACKBONE = "vgg16"
    of_one = client.get("/readyz").json()

    assert "mobilenet_v2.pth is missing" in of_two["weights"]
    assert of_one["weights"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_live_space_that_nobody_serves_says_why_unless_another_takes_its_place(client, patient):
    live_space(problem="The weights of vgg16 are missing.")
    alone = client.get("/readyz").json()
    live_space(state=SpaceState.BUILDING, pooling="mean-512", auto_activate=True)

    together = client.get("/readyz").json()

    assert alone["weights"] == "The weights of vgg16 are missing."
    assert together["weights"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_redis_that_is_away_is_named_without_its_address(client, settings, patient):
    settings.REDIS_URL = NOWHERE

    found = client.get("/readyz").json()

    assert found["redis"] == "Redis does not answer"
    assert found["worker"] == "cannot be asked while Redis does not answer"
    assert "nowhere" not in str(found)


@pytest.mark.django_db(transaction=True)
def test_a_check_that_hangs_is_late_and_does_not_hold_the_answer_up(client, monkeypatch):
    import threading

    release = threading.Event()
    monkeypatch.setattr(health, "LIMIT_S", 0.1)
    monkeypatch.setitem(health.CHECKS, "database", lambda: str(release.wait()))

    found = client.get("/readyz").json()

    release.set()
    assert found["database"].startswith("no answer within")
