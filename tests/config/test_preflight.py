"""What stops `runlocal` before it has started anything, and with which sentence."""

import os
import socket
import subprocess
import sys

import pytest

from config.local import locks, preflight
from config.local.errors import LocalStackError
from tests.config.joining import ROOT


@pytest.fixture
def used_port():
    """Return a port that is in use."""
    with socket.socket() as listener:
        listener.bind((preflight.ADDRESS, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KINDRED_HOME", str(tmp_path))
    yield tmp_path
    while preflight.run_locks:
        os.close(preflight.run_locks.pop())


def test_a_port_in_use_is_refused_with_another_one_to_try(home, used_port):
    with pytest.raises(LocalStackError, match=rf"Port {used_port} is in use; .* make demo PORT={used_port + 1}"):
        preflight.check(["--port", str(used_port)])


@pytest.mark.parametrize("word", ["eighty", "0", "65536", "-1", "8000.0"])
def test_a_word_that_is_no_port_is_refused(home, word):
    with pytest.raises(LocalStackError, match="should be a number from 1 to 65535"):
        preflight.check([f"--port={word}"])


def test_an_unknown_network_is_refused_with_a_similar_name(home, monkeypatch):
    monkeypatch.setenv("KINDRED_BACKBONE", "mobilenetv2")

    with pytest.raises(LocalStackError, match=r"KINDRED_BACKBONE is 'mobilenetv2'; .* such as mobilenet_v2\.$"):
        preflight.check([])


def test_a_missing_weights_file_is_refused(home, monkeypatch):
    monkeypatch.setenv("KINDRED_WEIGHTS", str(home / "no.pth"))

    with pytest.raises(LocalStackError, match=r"KINDRED_WEIGHTS is .*no\.pth, where there is no file"):
        preflight.check([])


def test_a_missing_folder_of_pictures_is_refused(home):
    with pytest.raises(LocalStackError, match="which is not a folder"):
        preflight.check(["--collection", str(home / "nowhere")])


def test_a_second_run_on_a_home_is_refused_with_the_address_of_the_first(home):
    fd = locks.hold(preflight.make_run_folder(home) / "runlocal.lock")
    os.write(fd, b"http://127.0.0.1:8000/")
    preflight.run_locks.append(fd)

    with pytest.raises(LocalStackError, match=r"Kindred already runs on .* \(http://127\.0\.0\.1:8000/\)"):
        preflight.check([])


def test_nothing_is_started_when_the_port_is_in_use(home, used_port):
    words = [sys.executable, "manage.py", "runlocal", "--port", str(used_port)]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}

    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert [path.name for path in home.rglob("*") if path.is_file()] == ["runlocal.lock"]
