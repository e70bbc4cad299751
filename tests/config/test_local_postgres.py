"""The local PostgreSQL. A command repairs what it finds in its home, or stops with one sentence."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from config import env
from tests.config.joining import joined, refusal_of

DEEP = "a-folder-with-a-rather-long-name/and another one, with spaces/" * 3


@pytest.fixture(scope="module")
def folder():
    """A folder that other users can pass through. PostgreSQL is another user if root runs the tests, and pytest's own
    temporary folders are closed to others.
    """
    with tempfile.TemporaryDirectory(prefix="kindred-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def cluster(folder):
    """A home whose path is too long for a socket. It held an unfinished database, and one process has used it."""
    home = folder / DEEP
    (home / "postgres" / "base").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("18\n")
    with joined(home, "database") as user:
        pass
    return home, user


@pytest.fixture
def home(cluster):
    return cluster[0]


def database_of(url: str) -> str:
    with psycopg.connect(url) as db:
        return db.execute("SELECT current_database()").fetchone()[0]


def test_an_unfinished_database_is_set_aside_and_a_new_one_is_created(cluster):
    home, user = cluster

    assert user.url
    assert "never finished" in user.errors
    assert list(home.glob("postgres.unfinished-*/PG_VERSION"))


def test_the_socket_of_a_home_with_a_long_path_is_elsewhere_and_private(home):
    with joined(home, "database") as user:
        assert str(home) not in user.url
        assert database_of(user.url) == "kindred"


def test_postgres_starts_despite_an_old_pid_file_that_names_another_process(home):
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'postgres'}\n")

    with joined(home, "database") as user:
        assert database_of(user.url) == "kindred"


def test_a_damaged_database_stops_the_command_with_one_sentence(home, folder):
    damaged = folder / "damaged" / "postgres"
    shutil.copytree(home / "postgres", damaged, copy_function=os.link)
    owner = (home / "postgres").stat()
    os.chown(damaged, owner.st_uid, owner.st_gid)
    (damaged / "global" / "pg_control").unlink()
    (damaged / "global" / "pg_control").write_bytes(b"")

    refusal = refusal_of(damaged.parent, "database")

    assert "PostgreSQL does not start on" in refusal
    assert "Traceback" not in refusal


def test_a_database_of_another_version_stops_the_command_and_is_not_changed(tmp_path):
    (tmp_path / "postgres" / "global").mkdir(parents=True)
    (tmp_path / "postgres" / "global" / "pg_control").write_bytes(b"")
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")

    refusal = refusal_of(tmp_path, "database")

    assert "was made by PostgreSQL 16" in refusal
    assert "Traceback" not in refusal
    assert (tmp_path / "postgres" / "PG_VERSION").read_text() == "16\n"


def test_a_home_that_cannot_be_created_stops_the_command_with_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    refusal = refusal_of(tmp_path / "file" / "home")

    assert "where no folder can be made" in refusal
    assert "Traceback" not in refusal


def test_the_local_postgres_has_pgvector():
    with psycopg.connect(env.read().database_url) as db:
        found = db.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchall()

    assert found
