"""Groups and map on the Spaces page."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from collection.models import AuditEntry
from similarity.groups.building import overview_stages, versions
from similarity.models import Overview, OverviewState
from similarity.space_pages import group_versions
from similarity.workers import task_names
from tests import factories
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> None:
    collection = factories.a_collection()
    for angle in np.linspace(0, 3, 6):
        embedded_work(collection, angle)


def words(page: str) -> str:
    return " ".join(page.split())


def test_before_the_first_version_the_page_says_when_it_is_built(admin_client: Client):
    page = words(admin_client.get(reverse("spaces")).text)

    assert "There are no groups and no map yet. They are built once at least five works have vectors" in page


def test_the_page_says_what_is_live_and_what_is_being_built(admin_client: Client, works: None):
    versions.request()
    while overview_stages.run():
        pass
    versions.request()

    page = words(admin_client.get(reverse("spaces")).text)

    assert "6 works, computed in" in page
    assert f"Another version is being built (graph, 1 of {len(overview_stages.STAGES)})." in page
    assert reverse("spaces-group") not in page


def test_an_administrator_has_groups_built_again(admin_client: Client, works: None, broker):
    page = words(admin_client.post(reverse("spaces-group"), follow=True).text)

    assert "Groups and map are being built again" in page
    assert versions.building() is not None
    assert task_names.BUILD_OVERVIEW in [one.task for one in broker.waiting()]
    assert AuditEntry.objects.filter(verb="asked for", kind="overview").exists()


def test_groups_are_not_built_twice_at_once(admin_client: Client, works: None):
    admin_client.post(reverse("spaces-group"))

    page = words(admin_client.post(reverse("spaces-group"), follow=True).text)

    assert group_versions.UNDER_WAY in page
    assert Overview.objects.count() == 1


def test_a_version_that_was_given_up_says_why(admin_client: Client, works: None):
    versions.request()
    Overview.objects.update(attempts=overview_stages.ATTEMPTS_LIMIT)
    overview_stages.run()

    page = words(admin_client.get(reverse("spaces")).text)

    assert f"The last attempt failed: {overview_stages.GAVE_UP}" in page


def test_only_administrators_may_have_groups_built(client: Client, works: None):
    client.force_login(factories.a_user("curator", curates=factories.a_collection()))

    assert client.post(reverse("spaces-group")).status_code == 403
    assert not Overview.objects.exists()


def test_the_command_builds_groups_again(works: None, broker):
    call_command("build_overview")

    assert Overview.objects.get().state == OverviewState.BUILDING
    assert task_names.BUILD_OVERVIEW in [one.task for one in broker.waiting()]


def test_the_command_refuses_an_empty_site(db):
    with pytest.raises(CommandError, match="nothing to group"):
        call_command("build_overview")
