"""Databases as earlier releases left them. Each is made once in a process and copied for each test that asks for it.

To migrate back from the tables of today takes much longer, and leaves the tables of today to nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Name = tuple[str, str]  # of a migration: its app, and its file without .py


@contextmanager
def database_of(name: Name) -> Iterator[Apps]:
    """Let Django use a new, empty database of that time. Yield the models of that time."""
    made = template(name)
    copy = f"{made}_copy"
    run(f'CREATE DATABASE "{copy}" TEMPLATE "{made}"')
    try:
        with using(copy):
            yield models_of(name)
    finally:
        run(f'DROP DATABASE "{copy}"')


@cache
def template(name: Name) -> str:
    """Return the name of a database that was migrated to there."""
    made = f"{connection.settings_dict['NAME']}_{'_'.join(name)}"[:55]
    run(f'CREATE DATABASE "{made}" TEMPLATE template0')
    with using(made):
        migrated_to(name)
    return made


@contextmanager
def using(database: str) -> Iterator[None]:
    own = connection.settings_dict["NAME"]
    connect_to(database)
    try:
        yield
    finally:
        connect_to(own)


def connect_to(database: str) -> None:
    """Let the next query connect to this database. The pool has connections to the one before."""
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = database


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def migrated_to(name: Name) -> Apps:
    """Migrate there, back or forth. Return the models of that time."""
    MigrationExecutor(connection).migrate([name])
    return models_of(name)


def models_of(name: Name) -> Apps:
    return MigrationExecutor(connection).loader.project_state([name]).apps


def migrate_to_today() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def a_work_of_then(apps: Apps, number: str, *states: str) -> object:
    """Add a published work with a picture for each state of its derivatives. Return the work."""
    collection, _ = apps.get_model("collection", "Collection").objects.get_or_create(slug="art", title="Art")
    work = apps.get_model("collection", "Artwork").objects.create(
        collection=collection, accession_number=number, title=f"Boat {number}", is_published=True
    )
    for position, state in enumerate(states):
        image = apps.get_model("collection", "ArtworkImage").objects.create(
            artwork=work, collection=collection, position=position, sha256=f"{number}{position}", pixel_digest=number,
            format="JPEG", extension="jpg", size_bytes=1, width_px=1, height_px=1,
        )  # fmt: skip
        apps.get_model("collection", "Step").objects.create(image=image, key="derivatives", state=state)
    return work
