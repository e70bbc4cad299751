"""After an upgrade, an installation shows the works that it showed before."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import truncation

BEFORE = ("collection", "0002_search_trigger")
ADDED = ("collection", "0003_ready_works")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]


def migrated_to(name: tuple[str, str]):
    """Migrate there, back or forth; return the models of that time."""
    MigrationExecutor(connection).migrate([name])
    return MigrationExecutor(connection).loader.project_state([name]).apps


def migrate_to_today() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    truncation.allow()


@pytest.fixture
def today():
    """Leave the tables of today to the next test."""
    yield
    migrate_to_today()


@pytest.fixture
def old():
    return migrated_to(BEFORE)


def a_work_of_then(apps, number: str, *states: str):
    """A published work of the release before, with a picture for each state of its derivatives."""
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


def ready_works() -> set[str]:
    from collection.models import Artwork

    return set(Artwork.objects.filter(is_ready=True).values_list("accession_number", flat=True))


def test_works_whose_first_picture_was_made_stay_on_view(old):
    a_work_of_then(old, "made", "done")
    a_work_of_then(old, "second waits", "done", "pending")
    a_work_of_then(old, "first waits", "pending", "done")
    a_work_of_then(old, "failed", "failed")
    a_work_of_then(old, "no picture")

    migrate_to_today()

    assert ready_works() == {"made", "second waits"}


def test_what_the_release_before_writes_during_the_upgrade_is_marked_as_well(old):
    migrated_to(ADDED)

    work = a_work_of_then(old, "meanwhile", "pending")  # its models know no new column
    old.get_model("collection", "Step").objects.filter(image__artwork=work).update(state="done")
    migrate_to_today()

    assert ready_works() == {"meanwhile"}


def test_the_search_still_follows_what_a_record_says(old):
    from collection.models import Artwork

    a_work_of_then(old, "1", "done")
    migrate_to_today()

    Artwork.objects.update(title="Harbour")

    assert Artwork.objects.filter(search="harbour").exists()
    assert not Artwork.objects.filter(search="boat").exists()


def test_the_columns_go_when_the_release_before_is_put_back(old):
    a_work_of_then(old, "1", "done")
    migrate_to_today()

    before = migrated_to(BEFORE)

    assert before.get_model("collection", "Artwork").objects.get().title == "Boat 1"


def test_an_upgrade_shows_no_more_of_closed_originals_than_before():
    then = migrated_to(("collection", "0012_keep_merges_from_truncate")).get_model("collection", "Collection")
    then.objects.create(slug="closed", title="Closed")
    then.objects.create(slug="open", title="Open", originals_public=True)

    migrate_to_today()

    from collection.models import Collection

    Collection.objects.create(slug="new", title="New")
    limits = dict(Collection.objects.values_list("slug", "public_side_px"))
    assert limits == {"closed": 1200, "open": 4096, "new": 4096}
