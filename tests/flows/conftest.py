"""Real worker processes on the test database and the run's Redis."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
import redis
from django.conf import settings
from django.db import connection

from config import env

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 300  # how long a worker may need on a busy machine; a test that succeeds does not wait for it


class Workers:
    """Start Celery workers as processes, and kill them at the end of the test."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, queues: str, *, pool: str = "solo", **variables: str) -> subprocess.Popen[bytes]:
        number = len(self.running)
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", pool, "-c", "1", "-Q", queues]
        command += ["-n", f"test{number}@localhost", "--without-gossip", "--without-mingle", "-l", "INFO"]
        log: IO[bytes] = (self.logs / f"worker-{number}.log").open("wb")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment(variables), stdout=log, stderr=log)
        self.running.append(process)
        return process

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        """Return the environment of the run, with the database, pictures and network of this test."""
        server, _, _ = (env.read().database_url or "").rpartition("/")
        return env.inherited(
            DATABASE_URL=f"{server}/{connection.settings_dict['NAME']}",
            KINDRED_MEDIA=str(settings.MEDIA_ROOT),
            **variables,
        )

    def stop(self) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()

    def are_ready(self) -> bool:
        """Return True once every worker has loaded its network and takes tasks."""
        return self.output().count("@localhost ready.") == len(self.running)

    def output(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.logs.glob("worker-*.log")))


@pytest.fixture
def workers(tmp_path: Path, transactional_db: None, media: Path) -> Iterator[Workers]:
    redis.Redis.from_url(settings.REDIS_URL).flushall()  # no messages of an earlier test
    started = Workers(tmp_path)
    yield started
    started.stop()


def nothing() -> None: ...


def wait_until(
    condition: Callable[[], bool], workers: Workers, what: str, *, meanwhile: Callable[[], None] = nothing
) -> None:
    """Wait until the condition holds, or fail with the logs of the workers. Call `meanwhile` every second."""
    started = time.monotonic()
    seconds = 0
    while not condition():
        passed = time.monotonic() - started
        if passed > PATIENCE_S:
            pytest.fail(f"{what}: not within {PATIENCE_S} s\n{workers.output()}")
        if passed > seconds:
            seconds += 1
            meanwhile()
        time.sleep(0.05)
