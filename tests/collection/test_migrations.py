"""After an upgrade, an installation shows the works that it showed before."""

import pytest

from tests import releases
from tests.releases import a_work_of_then, migrate_to_today, migrated_to

BEFORE = ("collection", "0002_search_trigger")
ADDED = ("collection", "0003_ready_works")
WITH_CLOSED_ORIGINALS = ("collection", "0012_keep_merges_from_truncate")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(transactional_db):
    with releases.database_of(BEFORE) as apps:
        yield apps


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


def test_an_upgrade_shows_no_more_of_closed_originals_than_before(transactional_db):
    from collection.models import Collection

    with releases.database_of(WITH_CLOSED_ORIGINALS) as then:
        then.get_model("collection", "Collection").objects.create(slug="closed", title="Closed")
        then.get_model("collection", "Collection").objects.create(slug="open", title="Open", originals_public=True)

        migrate_to_today()

        Collection.objects.create(slug="new", title="New")
        limits = dict(Collection.objects.values_list("slug", "public_side_px"))
    assert limits == {"closed": 1200, "open": 4096, "new": 4096}
