"""What imports and the pages of the admin change besides works and collections is in the audit log too."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from collection.models import ArtworkImage, Upload
from tests import factories
from tests.collection.audit.entries import last, recorded


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.a_user("admin", is_superuser=True))
    return client


def test_a_view_label_that_an_import_changes_is_recorded(media, tmp_path: Path):
    factories.a_collection(slug="art")
    (tmp_path / "a.jpg").write_bytes(factories.painted(1))
    for label in ("front", "verso"):
        (tmp_path / "metadata.csv").write_text(f"accession_number,file,title,view\nA,a.jpg,Cliff,{label}\n")
        call_command("import_collection", str(tmp_path), collection="art")

    entry = last()
    assert (entry.verb, entry.kind, entry.object_id) == ("changed", "picture", ArtworkImage.objects.get().pk)
    assert entry.detail == {"fields": {"view_label": ["front", "verso"]}, "by": "import"}


@pytest.mark.parametrize("route", ["page", "action"])
def test_the_deletion_of_a_group_is_recorded_once(admin: Client, route: str):
    group, before = Group.objects.create(name="interns"), len(recorded())

    if route == "page":
        admin.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
        admin.post(reverse("admin:auth_group_changelist"), chosen)

    assert recorded()[before:] == [("admin", "deleted", "group", "interns")]


def test_the_deletion_of_another_row_in_the_admin_is_recorded(admin: Client):
    upload = Upload.objects.create(collection=factories.a_collection())
    pk, before = upload.pk, len(recorded())

    admin.post(reverse("admin:collection_upload_delete", args=[pk]), {"post": "yes"})

    assert [line[:3] for line in recorded()[before:]] == [("admin", "deleted", "upload")]
    assert last().object_id == pk


def test_another_try_in_the_admin_is_recorded(admin: Client):
    job = factories.an_image().jobs.create(key="flag", state="failed")

    admin.post(reverse("admin:collection_job_changelist"), {"action": "try_again", "_selected_action": [job.pk]})

    assert recorded()[-1] == ("admin", "asked for", "job", "another try of what failed (1)")
