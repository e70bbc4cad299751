"""Nobody but an administrator sees a draft."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from collection.models import Appearance
from tests import factories
from tests.config.appearance import looks

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Appearance:
    return looks.a_draft(accent_light=looks.TEAL, home_title="Where the sea has been", logo=looks.a_logo())


def signed_in(**fields: object) -> Client:
    browser = Client()
    browser.force_login(factories.a_user(**fields))
    return browser


def files_of(draft: Appearance) -> list[str]:
    assert draft.logo is not None
    return [
        reverse("appearance-css", args=[draft.pk, "0123456789ab"]),
        reverse("appearance-logo", args=[draft.logo.sha256]),
    ]


@pytest.mark.parametrize("who", ["visitor", "curator", "staff without the right"])
def test_a_visitor_never_sees_a_draft(draft: Appearance, who: str):
    work = factories.a_work()
    browser = {
        "visitor": Client,
        "curator": lambda: signed_in(curates=work.collection),
        "staff without the right": lambda: staff(),
    }[who]()

    pages = [browser.get(address + "?preview") for address in ("/", "/browse/", work.get_absolute_url(), "/nowhere/")]
    files = [browser.get(address) for address in files_of(draft)]
    posted = browser.post(reverse("appearance-publish", args=[draft.pk]))

    assert not any("Tides" in page.text or "appearance" in page.text for page in pages)
    assert [answer.status_code for answer in [*files, posted]] == [404, 404, 404]
    assert Appearance.objects.get().state == Appearance.State.DRAFT


def staff() -> Client:
    user = factories.a_user()
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_appearance"))
    browser = Client()
    browser.force_login(user)
    return browser


def test_an_administrator_sees_the_draft_on_every_page_that_asks_for_it(administrator: Client, draft: Appearance):
    work = factories.a_work()

    pages = [administrator.get(address + "?preview") for address in ("/", "/browse/", work.get_absolute_url())]
    files = [administrator.get(address) for address in files_of(draft)]

    assert all("Museum of Tides" in page.text and "This is a preview." in page.text for page in pages)
    assert "Where the sea has been" in pages[0].text
    assert [(answer.status_code, answer["Cache-Control"]) for answer in files] == [(200, "private, no-store")] * 2


def test_an_administrator_sees_the_public_page_without_preview(administrator: Client, draft: Appearance):
    page = administrator.get("/")

    assert "Tides" not in page.text
    assert "This is a preview." not in page.text


def test_a_draft_begins_with_what_is_published_and_keeps_its_logo(administrator: Client):
    before = looks.a_published(accent_light=looks.TEAL, logo=looks.a_logo())

    initial = administrator.get(looks.ADD).context["adminform"].form.initial
    administrator.post(looks.ADD, looks.form(name="Museum of Ebb"))

    after = Appearance.objects.get(state=Appearance.State.DRAFT)
    assert initial["accent_light"] == looks.TEAL
    assert (after.name, after.logo) == ("Museum of Ebb", before.logo)


def test_there_is_one_draft_at_a_time(administrator: Client, draft: Appearance):
    assert administrator.get(looks.ADD).status_code == 403


def test_the_form_offers_previews_and_buttons(administrator: Client, draft: Appearance):
    work = factories.an_image().artwork

    page = administrator.get(reverse("admin:collection_appearance_change", args=[draft.pk])).text

    assert 'href="/?preview"' in page
    assert f'href="{work.get_absolute_url()}?preview"' in page
    assert 'name="_publish"' in page
