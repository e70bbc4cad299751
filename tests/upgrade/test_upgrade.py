"""An installation of the release before upgrades with its data: works, vectors, jobs, verdicts and uploads."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
DATABASE = "upgraded"
# Columns with a new name. The release before cannot run beside this one: docs/operations.md says how to upgrade.
RENAMED = {("similarity_space", "auto_activate"), ("similarity_spacerequest", "auto_activate")}

LOOK = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from collection.models import Artwork

settings.ALLOWED_HOSTS.append("testserver")
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
visitor, admin = Client(), Client()
admin.force_login(User.objects.get(username="admin"))
first, second = Artwork.objects.order_by("pk")[:2]
pages = {"home": visitor.get("/"), "work": visitor.get(first.get_absolute_url()), "review": admin.get("/review/")}
pages |= {"decided": admin.get("/review/decided/"), "spaces": admin.get("/spaces/"), "upload": admin.get("/uploads/1/")}
texts = {name: page.content.decode() for name, page in pages.items()}
similar = admin.get(f"/api/v1/artworks/{first.pk}/similar").json()
print(json.dumps({"texts": texts, "similar": similar, "second": second.pk}))
"""


@dataclass
class Dump:
    """What the dump holds: rows by table, and its columns."""

    rows: dict[str, int] = field(default_factory=dict)
    columns: set[tuple[str, str]] = field(default_factory=set)


@pytest.fixture(scope="module")
def before() -> Dump:
    return Dump()


@pytest.fixture(scope="module")
def upgraded(before: Dump) -> Iterator[psycopg.Connection]:
    """A database loaded from the dump and migrated to today."""
    with psycopg.connect(address(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        server.execute(f"CREATE DATABASE {DATABASE}")
    with psycopg.connect(address(DATABASE), autocommit=True) as database:
        database.execute(gzip.decompress((FOLDER / "before_jobs.sql.gz").read_bytes()))
        database.execute("SET search_path = public")
        before.rows, before.columns = rows_by_table(database), set(required_columns(database))
        manage("migrate", "-v", "0")
        yield database
    with psycopg.connect(address(), autocommit=True) as server:
        server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def address(name: str = "postgres") -> str:
    database = settings.DATABASES["default"]
    return f"postgresql://{database['USER']}@{quote(database['HOST'], safe='')}/{name}"


def manage(*words: str) -> str:
    """Run a command of manage.py on the upgraded database and return its output."""
    environment = {**os.environ, "DATABASE_URL": address(DATABASE), "REDIS_URL": settings.REDIS_URL}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_by_table(database: psycopg.Connection) -> dict[str, int]:
    tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    counts = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone() for (name,) in tables}
    return {name: count for name, (count,) in counts.items() if name.startswith(("collection_", "similarity_"))}


def required_columns(database: psycopg.Connection) -> dict[tuple[str, str], bool]:
    """Return each column that must not be null, and whether the database fills it in where a writer leaves it out."""
    rows = database.execute(
        "SELECT table_name, column_name, column_default IS NOT NULL OR is_identity = 'YES'"
        " FROM information_schema.columns WHERE table_schema = 'public' AND is_nullable = 'NO'"
    ).fetchall()
    return {(table, column): has_default for table, column, has_default in rows}


def test_no_table_loses_a_row(upgraded, before):
    after = rows_by_table(upgraded)
    jobs = after.pop("collection_job")

    assert before.rows["similarity_embedding"] > 80
    assert jobs > 80
    assert before.rows.items() <= {**after, "collection_step": jobs}.items()  # there are new tables too


def test_new_columns_have_a_default_in_the_database(upgraded, before):
    tables = {table for table, _ in before.columns}
    new = {where: has for where, has in required_columns(upgraded).items() if where not in before.columns}

    assert {where for where, has_default in new.items() if where[0] in tables and not has_default} == RENAMED


def test_jobs_keep_their_state_and_reason(upgraded):
    jobs = upgraded.execute("SELECT key, state, attempts, reason FROM collection_job WHERE state <> 'done'").fetchall()

    assert ("derivatives", "failed", 3, "The file is damaged.") in jobs
    assert [job[1:3] for job in jobs if job[0].startswith("embed:")] == [("claimed", 1)]


def test_staff_who_may_retry_steps_may_retry_jobs(upgraded):
    names = upgraded.execute("SELECT codename FROM auth_permission WHERE codename ~ '^[a-z]+_(step|job)$'").fetchall()

    assert sorted(name for (name,) in names) == ["add_job", "change_job", "delete_job", "view_job"]


def test_spaces_keep_their_place_in_life(upgraded):
    spaces = upgraded.execute(
        "SELECT state, auto_activate, count(*) FROM similarity_space WHERE lens = 'look' GROUP BY 1, 2 ORDER BY 1"
    ).fetchall()
    requests = upgraded.execute("SELECT backbone, auto_activate FROM similarity_spacerequest").fetchall()

    assert [(state, auto) for state, auto, _ in spaces if state == "building"] == [("building", True)]
    assert {state for state, _, _ in spaces} == {"building", "live", "previous", "retired"}
    assert requests == [("resnet50", True)]


def test_verdicts_keep_their_note_and_reviewer(upgraded):
    verdicts = upgraded.execute(
        "SELECT verdict, note, username FROM similarity_duplicatepair JOIN auth_user ON auth_user.id = decided_by_id"
    ).fetchall()

    assert sorted(verdicts) == [("duplicate", "two scans of one sheet", "admin"), ("similar", "", "admin")]


def test_its_pages_show_what_was_there(upgraded):
    seen = json.loads(manage("shell", "-v", "0", "-c", LOOK).splitlines()[-1])

    assert "The Study Collection" in seen["texts"]["home"]
    assert "Duplicate" in seen["texts"]["decided"]
    assert "bad.txt is not a picture." in seen["texts"]["upload"]
    assert "resnet50" in seen["texts"]["spaces"]
    assert seen["similar"][0]["artwork"]["id"] == seen["second"]  # pinned
    assert len(seen["similar"]) > 5


def test_an_upgraded_database_has_the_tables_that_the_code_expects(upgraded):
    manage("makemigrations", "--check", "--dry-run")
    manage("check", "--database", "default")
