"""The embedded PostgreSQL: what it finds in its home, it repairs or answers with one sentence."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from config import env
from tests.config.joining import joined, sentence

DEEP = "a-folder-with-a-rather-long-name/and another one, with spaces/" * 3


@pytest.fixture(scope="module")
def folder():
    """Not pytest's: every run of pytest closes all of those to others, and as root PostgreSQL is another user."""
    with tempfile.TemporaryDirectory(prefix="kindred-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def cluster(folder):
    """A home whose path is too long for a socket, with an interrupted database in it; joined once."""
    home = folder / DEEP
    (home / "postgres" / "base").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("18\n")
    with joined(home, "database") as user:
        pass
    return home, user


@pytest.fixture
def home(cluster):
    return cluster[0]


def answer(url: str) -> str:
    with psycopg.connect(url) as db:
        return db.execute("SELECT current_database()").fetchone()[0]


def test_an_interrupted_start_is_set_aside_and_made_anew(cluster):
    home, user = cluster

    assert user.url
    assert "never finished" in user.said
    assert list(home.glob("postgres.unfinished-*/PG_VERSION"))


def test_the_socket_of_a_home_with_a_long_path_is_elsewhere_and_private(home):
    with joined(home, "database") as user:
        assert str(home) not in user.url
        assert answer(user.url) == "kindred"


def test_a_left_over_pid_file_that_names_another_process_is_no_obstacle(home):
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'postgres'}\n")

    with joined(home, "database") as user:
        assert answer(user.url) == "kindred"


def test_a_damaged_database_is_answered_with_one_sentence(home, folder):
    damaged = folder / "damaged" / "postgres"
    shutil.copytree(home / "postgres", damaged, copy_function=os.link)
    owner = (home / "postgres").stat()
    os.chown(damaged, owner.st_uid, owner.st_gid)
    (damaged / "global" / "pg_control").unlink()
    (damaged / "global" / "pg_control").write_bytes(b"")

    said = sentence(damaged.parent, "database")

    assert "PostgreSQL does not start on" in said
    assert "Traceback" not in said


def test_a_database_of_another_version_is_left_alone(tmp_path):
    (tmp_path / "postgres" / "global").mkdir(parents=True)
    (tmp_path / "postgres" / "global" / "pg_control").write_bytes(b"")
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")

    said = sentence(tmp_path, "database")

    assert "was made by PostgreSQL 16" in said
    assert "Traceback" not in said


def test_a_home_that_cannot_be_made_is_answered_with_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    said = sentence(tmp_path / "file" / "home")

    assert "where no folder can be made" in said
    assert "Traceback" not in said


def test_the_embedded_postgres_can_hold_vectors():
    with psycopg.connect(env.read().database_url) as db:
        found = db.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchall()

    assert found
