"""The local Redis. Commands share it while they run, and it stops after the last, even if that was killed."""

import psutil
import pytest
import redis

from config import env
from config.local import locks
from config.local.locks import Lockfiles
from tests.config.joining import joined, refusal_of

LIMIT_S = 20


@pytest.fixture
def client():
    """A function that makes clients of a Redis. They are closed at the end."""
    made = []

    def make(url):
        made.append(redis.from_url(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


def server_of(client) -> psutil.Process:
    return psutil.Process(client.info("server")["process_id"])


def test_redis_stores_its_writes_and_evicts_nothing(client):
    server = client(env.read().redis_url)

    assert server.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert server.config_get("appendonly") == {"appendonly": "yes"}
    assert server.config_get("save") == {"save": "300 1"}
    assert server.config_get("port") == {"port": "0"}


def test_two_commands_share_one_server_until_the_last_has_left(tmp_path, client):
    daemon_lock = Lockfiles(tmp_path / "run", "redis").daemon_lock

    with joined(tmp_path) as first, joined(tmp_path) as second:
        first.leave()

        assert first.url == second.url
        assert client(second.url).ping()
        assert not locks.is_free(daemon_lock)

        second.leave()

        assert locks.is_free(daemon_lock)


def test_the_server_ends_when_its_only_user_is_killed(tmp_path, client):
    with joined(tmp_path) as user:
        server = server_of(client(user.url))

        user.process.kill()

        server.wait(LIMIT_S)


def test_the_server_goes_on_for_others_when_one_user_is_killed(tmp_path, client):
    with joined(tmp_path) as killed, joined(tmp_path) as other:
        killed.process.kill()
        killed.process.wait()
        with joined(tmp_path) as visitor:
            visitor.leave()

        assert client(other.url).ping()


def test_a_server_that_dies_is_started_again_with_its_data(tmp_path, client):
    with joined(tmp_path) as user:
        client(user.url).set("stored", "yes")
        server = server_of(client(user.url))

        server.kill()
        server.wait(LIMIT_S)

        patient = redis.from_url(user.url, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200))
        with patient:
            assert patient.get("stored") == b"yes"


def test_no_server_outlives_a_killed_daemon(tmp_path, client):
    with joined(tmp_path) as user:
        server = server_of(client(user.url))

        server.parent().kill()

        server.wait(LIMIT_S)
        with joined(tmp_path) as next_user:
            assert client(next_user.url).ping()


def test_a_server_that_an_earlier_version_still_runs_is_left_alone(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "redis.json").write_text("{}")

    with locks.held(run / "redis.keeper.lock"):
        refusal = refusal_of(tmp_path)

    assert "earlier version" in refusal
    assert "Traceback" not in refusal
    assert (run / "redis.json").read_text() == "{}"
    assert not (tmp_path / "redis").exists()


def test_a_write_that_a_power_cut_interrupted_is_lost_alone(tmp_path, client):
    with joined(tmp_path) as user:
        client(user.url).set("first", "kept")
        client(user.url).set("second", "cut")
    log = tmp_path / "redis" / "appendonly.aof"
    log.write_bytes(log.read_bytes()[:-3])

    with joined(tmp_path) as user:
        assert client(user.url).mget("first", "second") == [b"kept", None]


def test_damaged_files_are_set_aside_and_the_user_is_told(tmp_path, client):
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_bytes(b"no commands at all\n" * 20)

    with joined(tmp_path) as user:
        assert client(user.url).ping()

    assert "it starts empty" in user.errors
    assert len(list(tmp_path.glob("redis.damaged-*/appendonly.aof"))) == 1
