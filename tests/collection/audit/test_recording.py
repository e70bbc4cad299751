"""What people change is in the audit log, with who did it, and only what was really changed."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from collection.audit import recording
from collection.audit.recording import Verb
from tests import factories, truncation
from tests.collection.audit.entries import last, recorded


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_edit_is_recorded_with_the_old_and_the_new_value():
    work = factories.a_work(title="Cliff", medium="oil")
    curator = factories.a_user(curates=work.collection)
    form = {"title": "A cliff", "accession_number": work.accession_number, "medium": "oil"}

    signed_in(curator).post(reverse("work-edit", args=[work.pk]), form, REMOTE_ADDR="192.0.2.7")

    entry = last()
    assert (entry.user_name, entry.user_id, entry.client) == (curator.username, curator.pk, "192.0.2.7")
    assert (entry.verb, entry.kind, entry.object_id) == (Verb.CHANGED, "work", work.pk)
    assert entry.detail == {"fields": {"title": ["Cliff", "A cliff"]}}


def test_publishing_and_withdrawing_are_recorded_once_each():
    work = factories.a_work(is_published=False, title="Cliff")
    client = signed_in(factories.a_user("ann", curates=work.collection))
    form = {"title": "Cliff", "accession_number": work.accession_number}
    before = len(recorded())

    for is_published in ("yes", "yes", "no"):
        client.post(reverse("work-edit", args=[work.pk]), form | {"is_published": is_published})

    assert [line[:3] for line in recorded()[before:]] == [("ann", "published", "work"), ("ann", "withdrew", "work")]


def test_a_form_with_an_error_records_nothing():
    work = factories.a_work()
    client = signed_in(factories.a_user(curates=work.collection))
    before = len(recorded())

    client.post(reverse("work-edit", args=[work.pk]), {"title": "A cliff", "accession_number": ""})

    assert len(recorded()) == before


def test_an_upload_and_the_deletion_of_its_view_are_recorded(media):
    collection = factories.a_collection()
    client = signed_in(factories.a_user("ann", curates=collection))
    file = SimpleUploadedFile("cliff.jpg", factories.painted(1))
    before = len(recorded())

    client.post(reverse("upload", args=[collection.slug]), {"files": file})
    work = collection.artworks.get()
    client.post(reverse("view-delete", args=[work.pk, work.images.get().pk]))

    assert [line[:3] for line in recorded()[before:]] == [("ann", "uploaded", "work"), ("ann", "deleted", "picture")]


def test_an_import_names_the_command_and_what_it_changed(media, tmp_path: Path, monkeypatch):
    collection = factories.a_collection()
    (tmp_path / "a.jpg").write_bytes(factories.painted(1))
    monkeypatch.setattr("sys.argv", ["manage.py", "import_collection"])

    call_command("import_collection", str(tmp_path), collection=collection.slug)

    entry = last()
    assert (entry.user_name, entry.verb, entry.label) == ("(server) import_collection", "imported", str(collection))
    assert entry.detail == {"works": 1, "pictures": 1}


def test_a_deletion_in_the_admin_is_recorded_once_without_its_pictures():
    image = factories.an_image()
    client = signed_in(factories.a_user("admin", is_superuser=True))
    label = str(image.artwork)
    before = len(recorded())

    client.post(reverse("admin:collection_artwork_delete", args=[image.artwork_id]), {"post": "yes"})

    assert recorded()[before:] == [("admin", "deleted", "work", label)]


def test_several_deletions_in_the_admin_are_recorded_each():
    works = [factories.a_work() for _ in range(2)]
    client = signed_in(factories.a_user("admin", is_superuser=True))
    before = len(recorded())
    chosen = {"action": "delete_selected", "_selected_action": [work.pk for work in works], "post": "yes"}

    client.post(reverse("admin:collection_artwork_changelist"), chosen)

    assert sorted(recorded()[before:]) == sorted(("admin", "deleted", "work", str(work)) for work in works)


def test_new_curators_are_recorded_by_name():
    collection = factories.a_collection()

    factories.a_user("ann", curates=collection)

    assert last().detail == {"curators": {"added": ["ann"]}}
    collection.curators.clear()
    assert last().detail == {"curators": {"removed": ["ann"]}}


def test_an_account_that_is_made_staff_in_the_admin_is_recorded():
    user = factories.a_user("ann")
    client = signed_in(factories.a_user("admin", is_superuser=True))
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}

    client.post(reverse("admin:auth_user_change", args=[user.pk]), {"username": "ann", "is_staff": "on", **joined})

    entry = last()
    assert (entry.user_name, entry.verb, entry.kind, entry.label) == ("admin", "changed", "account", "ann")
    assert "Staff status" in entry.detail["admin"]


def test_an_entry_keeps_the_name_of_a_deleted_user():
    user = factories.a_user("ann")
    work = factories.a_work(factories.a_collection())
    recording.record(Verb.CHANGED, work, actor=recording.Actor("ann", user.pk))
    entry = last()

    user.delete()
    work.delete()

    entry.refresh_from_db()
    assert (entry.user_name, entry.label) == ("ann", str(work))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE collection_auditentry SET verb = 'x'",
        "DELETE FROM collection_auditentry",
        "TRUNCATE collection_auditentry",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(change: str):
    recording.record(Verb.CHANGED, factories.a_work())
    truncation.refuse()

    with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
        connection.cursor().execute(change)


def test_an_entry_does_not_exist_without_its_change():
    work = factories.a_work(title="Cliff")
    before = len(recorded())

    with transaction.atomic():
        work.delete()
        transaction.set_rollback(True)

    assert len(recorded()) == before
