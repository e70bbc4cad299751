"""/healthz and /readyz, with real servers and with missing ones."""

import shutil
import threading
from pathlib import Path

import pytest

from config.monitoring import health, heartbeats, own_threads, worker_kinds
from config.monitoring.heartbeats import Heartbeat
from similarity.models import Space, SpaceState
from similarity.vision.networks import shipped
from similarity.workers import ephemeral
from tests import factories

NOWHERE = "unix:///nowhere/redis.sock"


def live_space(**fields: object) -> Space:
    recipe = {
        "lens": "look", "backbone": "vgg16", "weights_digest": "0" * 64, "is_trained": False, "pooling": "gem-3",
        "dimensions": 512, "state": SpaceState.LIVE,
    }  # fmt: skip
    return Space.objects.create(**recipe | fields)


@pytest.fixture(autouse=True)
def _no_heartbeats() -> None:
    with ephemeral.connect() as redis:
        redis.delete(heartbeats.KEY)


def note(*beats: Heartbeat) -> None:
    with ephemeral.connect() as redis:
        for number, beat in enumerate(beats):
            heartbeats.write(redis, f"process {number}", beat)


def test_the_process_is_healthy_without_any_server(client, settings):
    settings.REDIS_URL = NOWHERE

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_readiness_names_what_is_missing(client, long_limit, settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "nowhere"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "database": "ok",
        "redis": "ok",
        "weights": "no worker has loaded a network yet",
        "media": "no picture can be stored: no such file or directory",
        "disk": "unknown: no such file or directory",
        "search_and_embedding": "no worker answers",
        "derivatives": "no worker answers",
        "duplicates": "no worker answers",
        "sweeps": "no worker answers",
        "beat": "the scheduler does not answer",
    }


@pytest.mark.django_db(transaction=True)
def test_a_site_with_everything_is_ready(client, long_limit, media: Path):
    live_space()
    note(Heartbeat(["search", "embed"]), Heartbeat(["flag", "sweep", "work"]), Heartbeat(["beat"]))

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
    assert {found[kind] for kind in worker_kinds.KINDS} == {"unknown while Redis does not answer"}
    assert "nowhere" not in str(found)


@pytest.mark.django_db(transaction=True)
def test_a_check_that_hangs_is_reported_as_late_and_delays_no_other_however_often_it_is_asked(client, monkeypatch):
    release = threading.Event()
    monkeypatch.setitem(health.CHECKS, "media", lambda: str(release.wait()))
    monkeypatch.setattr(health, "LIMIT_S", 0.01)
    for _ in range(20):
        client.get("/readyz")
    monkeypatch.setattr(health, "LIMIT_S", 5.0)

    found = client.get("/readyz").json()
    release.set()
    own_threads.running["media"].result()
    monkeypatch.setitem(health.CHECKS, "media", lambda: health.OK)
    afterwards = client.get("/readyz").json()

    assert found["media"].startswith("no answer within")
    assert (found["database"], found["redis"]) == ("ok", "ok")
    assert afterwards["media"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_check_that_fails_unexpectedly_is_named_without_its_reason(client, long_limit, monkeypatch):
    monkeypatch.setitem(health.CHECKS, "disk", lambda: str(1 / 0))

    found = client.get("/readyz").json()

    assert found["disk"] == "could not be checked; the reason is in the log of the site"


@pytest.mark.django_db(transaction=True)
def test_too_little_free_space_is_named(client, long_limit, media: Path, settings):
    settings.KINDRED_DISK_MIN_MIB = 10**9

    assert client.get("/readyz").json()["disk"] == "less than 1,000,000,000 MiB are free for pictures"


@pytest.mark.django_db(transaction=True)
def test_a_folder_of_pictures_that_is_no_folder_is_named_without_its_path(client, long_limit, settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "pictures"
    settings.MEDIA_ROOT.write_text("a file")

    found = client.get("/readyz").json()

    assert found["media"] == "no picture can be stored: not a directory"
    assert str(tmp_path) not in str(found)


@pytest.mark.django_db(transaction=True)
def test_an_empty_folder_is_named_where_there_should_be_pictures(client, long_limit, media: Path):
    factories.an_image()

    assert "is its disk mounted?" in client.get("/readyz").json()["media"]


@pytest.mark.django_db(transaction=True)
def test_the_check_of_the_folder_leaves_nothing_behind(client, long_limit, media: Path):
    assert client.get("/readyz").json()["media"] == "ok"
    assert list(media.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_readiness_leaves_no_keys_in_redis(client, long_limit):
    with ephemeral.connect() as redis:
        before = set(redis.keys())
        for _ in range(3):
            client.get("/readyz")
        after = set(redis.keys())

    assert after <= before
