"""/healthz and /readyz, with real servers and with missing ones."""

import shutil
from pathlib import Path

import pytest

from config.monitoring import health
from similarity.models import Space, SpaceState
from similarity.vision.networks import shipped

NOWHERE = "unix:///nowhere/redis.sock"


def live_space(**fields: object) -> Space:
    recipe = {
        "lens": "look", "backbone": "vgg16", "weights_digest": "0" * 64, "is_trained": False, "pooling": "gem-3",
        "dimensions": 512, "state": SpaceState.LIVE,
    }  # fmt: skip
    return Space.objects.create(**recipe | fields)


@pytest.fixture
def long_limit(monkeypatch):
    """Give checks a minute, so that none is late on a busy machine."""
    monkeypatch.setattr(health, "LIMIT_S", 60.0)


def test_the_process_is_healthy_without_any_server(client, settings):
    settings.REDIS_URL = NOWHERE

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readiness_names_what_is_missing(client, long_limit):
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
def test_a_site_with_everything_is_ready(client, monkeypatch, long_limit):
    live_space()
    monkeypatch.setitem(health.CHECKS, "worker", lambda: health.OK)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert set(answer.json().values()) == {"ok"}


@pytest.mark.django_db(transaction=True)
def test_a_damaged_or_missing_weights_file_is_named_with_the_remedy(client, long_limit, tmp_path: Path, monkeypatch):
    live_space()
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "weights")

    found = client.get("/readyz").json()

    file = tmp_path / "weights" / "vgg16_features.safetensors"
    assert found["weights"] == (
        f"The weights file {file} is missing; restore it from Kindred's repository"
        " (git checkout weights/vgg16_features.safetensors) or install Kindred again."
    )


@pytest.mark.django_db(transaction=True)
def test_a_damaged_projection_is_named_until_it_is_restored(client, long_limit, tmp_path: Path, monkeypatch):
    live_space()
    path = next((shipped.FOLDER / "projections").glob("subject-*"))
    folder = tmp_path / "kindred" / "weights"
    shutil.copytree(shipped.FOLDER, folder, ignore=shutil.ignore_patterns("composition*", "look*", "match*"))
    monkeypatch.setattr(shipped, "FOLDER", folder)
    copy = folder / "projections" / path.name
    copy.write_bytes(path.read_bytes()[:-1000])

    damaged = client.get("/readyz").json()
    copy.write_bytes(path.read_bytes())
    restored = client.get("/readyz").json()

    assert damaged["weights"].startswith(f"The file {copy} is truncated or modified; restore it from Kindred's")
    assert restored["weights"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_shipped_weights_may_be_missing_if_a_file_of_the_operator_replaces_them(
    client, long_limit, settings, tmp_path: Path, monkeypatch
):
    live_space()
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "weights")
    settings.KINDRED_WEIGHTS = tmp_path / "mine.pth"

    two_networks = client.get("/readyz").json()
    settings.KINDRED_BACKBONE = "vgg16"
    one_network = client.get("/readyz").json()

    assert "mobilenet_v2.pth is missing" in two_networks["weights"]
    assert one_network["weights"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_problem_of_a_live_space_is_named_unless_another_space_will_replace_it(client, long_limit):
    live_space(problem="The weights of vgg16 are missing.")
    alone = client.get("/readyz").json()
    live_space(state=SpaceState.BUILDING, pooling="mean-512", auto_activate=True)

    together = client.get("/readyz").json()

    assert alone["weights"] == "The weights of vgg16 are missing."
    assert together["weights"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_missing_redis_is_named_without_its_address(client, settings, long_limit):
    settings.REDIS_URL = NOWHERE

    found = client.get("/readyz").json()

    assert found["redis"] == "Redis does not answer"
    assert found["worker"] == "cannot be asked while Redis does not answer"
    assert "nowhere" not in str(found)


@pytest.mark.django_db(transaction=True)
def test_a_check_that_hangs_is_reported_as_late_without_delaying_the_answer(client, monkeypatch):
    import threading

    release = threading.Event()
    monkeypatch.setattr(health, "LIMIT_S", 0.1)
    monkeypatch.setitem(health.CHECKS, "database", lambda: str(release.wait()))

    found = client.get("/readyz").json()

    release.set()
    assert found["database"].startswith("no answer within")
