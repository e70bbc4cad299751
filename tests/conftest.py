"""One PostgreSQL and one Redis for each process that runs tests, in a temporary home that is deleted at the end.

A plain `pytest` runs all tests in its own process. With `-n 2` (pytest-xdist) the first process only hands out tests,
and each of its two workers imports this file and has a home, a PostgreSQL and a Redis of its own. The workers' homes
lie in that of the first process, so that they are deleted even if a worker was killed.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
HOME = Path(tempfile.mkdtemp(prefix="kindred-tests-", dir=os.environ["KINDRED_HOME"] if IS_WORKER else None))
HOME.chmod(0o711)  # as root, PostgreSQL runs as another user and must pass through

# Without compiled files each process that a test starts compiles Django and torch again, which takes up to 15 s.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# Before any module of the site is imported: its settings come from here, not from the developer's shell.
for name in [name for name in os.environ if name.startswith("KINDRED_")]:
    del os.environ[name]
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "KINDRED_HOME": str(HOME),
    "KINDRED_LEASE_S": "2",
    "KINDRED_SWEEP_S": "1",
    "KINDRED_SECRET_KEY": "a key for tests, of no value anywhere else",
    "OMP_NUM_THREADS": "1",
}


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers before pytest-django reads the settings."""
    if only_hands_out_tests(config):
        del os.environ["DJANGO_SETTINGS_MODULE"]  # a worker that inherits it reads the settings before this file
        return
    from config import local

    local.attach()
    forget_durability()

    from django.conf import settings

    settings.STATIC_ROOT = HOME / "static"
    settings.STATIC_ROOT.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def only_hands_out_tests(config: pytest.Config) -> bool:
    """Return True in the process that starts pytest-xdist's workers. It runs no test, so it needs no servers."""
    return config.getoption("dist", "no") != "no" and not IS_WORKER


def pytest_collection_finish() -> None:
    """Collect garbage less often, and leave modules and tests out: a full collection took a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def forget_durability() -> None:
    """Let PostgreSQL write without waiting for the disk: the databases are deleted after the run."""
    import psycopg

    from config import env

    with psycopg.connect(env.read().database_url or "", autocommit=True) as db:
        db.execute("ALTER SYSTEM SET fsync = off")
        db.execute("ALTER SYSTEM SET synchronous_commit = off")
        db.execute("SELECT pg_reload_conf()")


def pytest_unconfigure() -> None:
    from config import local

    local.leave()
    wait_for_servers_of_killed_workers()
    shutil.rmtree(HOME, ignore_errors=True)


def wait_for_servers_of_killed_workers() -> None:
    """Wait until no server runs in a worker's home: pytest-xdist kills a worker that takes more than 10 s to stop."""
    from config.local import locks

    for daemon_lock in HOME.glob("kindred-tests-*/run/*.daemon.lock"):
        with locks.held(daemon_lock):
            pass


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Extend pytest-django's fixture: Django empties all tables after each test that commits."""
    from tests import truncation

    with django_db_blocker.unblock():
        truncation.allow()


@pytest.fixture(autouse=True)
def groups_of_another_test_are_forgotten() -> None:
    """Forget whether there are groups and a map, which a process keeps for some seconds."""
    from similarity.templatetags.overview_tags import last_read

    last_read.forget()


@pytest.fixture(autouse=True)
def language_of_another_test_is_forgotten() -> None:
    """Forget the language that a request of the test client has activated."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    """An empty MEDIA_ROOT for one test."""
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def broker(monkeypatch):
    """The run's broker, without messages, and reached even if an earlier test took it away."""
    from collection.jobs import workers
    from tests import broker

    monkeypatch.setattr(workers.Quiet, "until_s", 0.0)
    broker.clear()
    yield broker
    broker.clear()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pictures beside the repository."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real pictures at {folder}")
    return folder


@pytest.fixture(scope="session")
def home() -> Path:
    """KINDRED_HOME of this process."""
    return HOME
