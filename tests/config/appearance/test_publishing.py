"""Publishing, undoing, and what visitors then get."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from collection.models import Appearance, AuditEntry
from config.appearance import publishing
from config.appearance.showing import published
from tests import factories
from tests.config.appearance import looks

pytestmark = pytest.mark.django_db

State = Appearance.State


def test_what_an_administrator_publishes_is_on_every_page(administrator: Client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(looks.ADD, looks.form(name="Museum of Tides", footer_line="Quay 4", _publish="yes"))

    work = factories.a_work()
    pages = [Client().get(address).text for address in ("/", "/browse/", work.get_absolute_url(), "/nowhere/")]
    assert all("Museum of Tides" in page and "Quay 4" in page and "Powered by Kindred" in page for page in pages)


def test_the_audit_log_has_who_published_what(administrator: Client):
    draft = looks.a_draft(accent_light=looks.TEAL)

    administrator.post(reverse("appearance-publish", args=[draft.pk]))

    entry = AuditEntry.objects.get(verb="published")
    assert (entry.user_name, entry.kind, entry.object_id) == ("admin", "appearance", draft.pk)
    assert entry.detail["fields"]["accent_light"] == ["", looks.TEAL]
    assert "the look of Museum of Tides" in administrator.get("/audit/").text


def test_the_version_before_can_be_restored(administrator: Client, django_capture_on_commit_callbacks):
    first = looks.a_published(name="Museum of Tides", logo=looks.a_logo())
    second = looks.a_published(name="Museum of Mistakes")

    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(looks.LIST, {"action": "publish_again", "_selected_action": [first.pk]})

    states = dict(Appearance.objects.values_list("pk", "state"))
    assert states == {first.pk: State.PUBLISHED, second.pk: State.EARLIER}
    assert "Museum of Tides" in Client().get("/").text


def test_a_version_is_published_once(administrator: Client):
    draft = looks.a_draft()
    publishing.publish(draft.pk)

    with pytest.raises(publishing.NotPublishableError):
        publishing.publish(draft.pk)

    assert Appearance.objects.get().state == State.PUBLISHED
    assert AuditEntry.objects.filter(verb="published").count() == 1


def test_what_was_previewed_is_published_and_nothing_else(administrator: Client):
    draft = looks.a_draft()
    (seen_at,) = re.findall(r'name="seen_at" value="([^"]+)"', administrator.get("/?preview").text)
    publish = reverse("appearance-publish", args=[draft.pk])
    Appearance.objects.filter(pk=draft.pk).update(name="Changed by a colleague", changed_at=timezone.now())

    times = (seen_at, "2026-13-01T10:00", "2026-11-01T10:00", "x")
    stale = [administrator.post(publish, {"seen_at": text}, follow=True).text for text in times]
    (seen_now,) = re.findall(r'name="seen_at" value="([^"]+)"', administrator.get("/?preview").text)
    fresh = administrator.post(publish, {"seen_at": seen_now}, follow=True).text

    assert all("Nothing was published." in page for page in stale)
    assert "The look of Changed by a colleague is public now." in fresh


def test_a_draft_that_is_gone_changes_nothing(administrator: Client):
    kept = looks.a_published()

    answer = administrator.post(reverse("appearance-publish", args=[kept.pk + 1]), follow=True)

    assert "Nothing was published." in answer.text
    assert Appearance.objects.get().state == State.PUBLISHED


def test_a_published_version_is_neither_changed_nor_deleted(administrator: Client):
    shown = looks.a_published()
    change = reverse("admin:collection_appearance_change", args=[shown.pk])

    answers = [
        administrator.post(change, looks.form(name="Other")),
        administrator.post(reverse("admin:collection_appearance_delete", args=[shown.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert administrator.get(change).status_code == 200
    assert Appearance.objects.get().name == "Museum of Tides"


def test_the_database_refuses_two_published_versions_and_other_colours():
    shown = looks.a_published()

    for fields in ({"state": State.PUBLISHED, "published_at": shown.published_at}, {"accent_dark": "red;}"[:7]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appearance.objects.create(**fields)


def test_pages_take_no_query_for_the_look_once_it_is_read(client: Client, django_assert_num_queries):
    looks.a_published(logo=looks.a_logo(), accent_light=looks.TEAL)
    client.get("/login/")

    with django_assert_num_queries(0):
        page = client.get("/login/")

    assert "Museum of Tides" in page.text


def test_another_process_sees_the_change_once_its_reading_is_old(client: Client):
    client.get("/login/")
    looks.a_published()  # in a transaction that this process does not see end

    before = client.get("/login/").text
    published.until_s = 0.0  # as after 15 seconds
    after = client.get("/login/").text

    assert ("Museum of Tides" in before, "Museum of Tides" in after) == (False, True)


def test_an_administrator_sees_at_once_what_another_process_has_published(administrator: Client):
    administrator.get("/")
    looks.a_published()

    assert "Museum of Tides" in administrator.get("/").text
