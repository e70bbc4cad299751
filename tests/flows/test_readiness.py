"""/readyz tells of real processes within ten seconds that they are stopped, hung or dead, and that they are back."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from config.monitoring import worker_kinds
from tests.flows.conftest import ROOT, Workers, wait_until

CPU_KINDS = ("derivatives", "duplicates", "sweeps")


@pytest.fixture
def beat(workers: Workers, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "celery", "-A", "config", "beat", "-s", str(tmp_path / "schedule")]
    with (tmp_path / "worker-beat.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=workers.environment({}), stdout=log, stderr=log)
    yield process
    process.kill()
    process.wait()


def found(client: Client) -> dict[str, str]:
    return client.get("/readyz").json()


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_stopped_and_dead_workers_and_schedulers_are_named_until_they_are_back(client: Client, workers: Workers, beat):
    worker = workers.start("sweep,work", pool="prefork")
    single = workers.start("flag", pool="solo")

    def until(kind: str, sentence: str) -> None:
        wait_until(lambda: found(client)[kind] == sentence, workers, f"{kind}: {sentence}")

    for kind in (*CPU_KINDS, "beat"):
        until(kind, "ok")
    assert found(client)["search_and_embedding"] == worker_kinds.SILENT

    (child,) = children_of(worker.pid)[-1:]
    os.kill(child, signal.SIGSTOP)
    until("derivatives", worker_kinds.STOPPED)
    os.kill(child, signal.SIGCONT)
    until("derivatives", "ok")

    for process in (worker, single, beat):
        process.send_signal(signal.SIGSTOP)
    until("duplicates", worker_kinds.SILENT)
    until("sweeps", worker_kinds.SILENT)
    until("beat", worker_kinds.BEAT_SILENT)
    for process in (worker, single, beat):
        process.send_signal(signal.SIGCONT)
    until("duplicates", "ok")
    until("sweeps", "ok")
    until("beat", "ok")

    single.kill()
    single.wait()
    until("duplicates", worker_kinds.SILENT)
