"""A merge changes nothing if a record or its pictures changed after its comparison was shown."""

import pytest
from django.test import Client

from collection.models import Artwork, ArtworkImage, WorkMerge
from tests import factories
from tests.collection.merging.previews import address, digest_shown

CHANGED = "changed since this page was shown. Nothing was merged."


@pytest.fixture
def browser(curator) -> Client:
    client = Client()
    client.force_login(curator)
    return client


def edit_kept(kept: Artwork, merged: Artwork) -> None:
    Artwork.objects.filter(pk=kept.pk).update(title="Corrected meanwhile")


def edit_merged(kept: Artwork, merged: Artwork) -> None:
    Artwork.objects.filter(pk=merged.pk).update(credit_line="Corrected meanwhile")


def publish(kept: Artwork, merged: Artwork) -> None:
    Artwork.objects.filter(pk=kept.pk).update(is_published=False)


def add_picture(kept: Artwork, merged: Artwork) -> None:
    factories.an_image(merged)


def delete_picture(kept: Artwork, merged: Artwork) -> None:
    kept.images.get().delete()


def move_picture(kept: Artwork, merged: Artwork) -> None:
    ArtworkImage.objects.filter(artwork=kept).update(position=5)


@pytest.mark.parametrize("change", [edit_kept, edit_merged, publish, add_picture, delete_picture, move_picture])
def test_a_merge_of_records_that_changed_since_they_were_shown_is_refused(browser, kept, merged, change):
    chosen = {"take-credit_line": "merged", "note": "the same sheet", "shown": digest_shown(browser, kept, merged)}
    change(kept, merged)

    page = browser.post(address(kept, merged), chosen)

    assert page.status_code == 409
    assert CHANGED in page.text
    assert not WorkMerge.objects.exists()


def test_the_page_shows_the_present_values_and_keeps_the_note_and_can_be_sent_again(browser, kept, merged):
    chosen = {"take-credit_line": "merged", "note": "the same sheet", "shown": digest_shown(browser, kept, merged)}
    edit_merged(kept, merged)

    page = browser.post(address(kept, merged), chosen)
    form = page.context["form"]
    browser.post(address(kept, merged), {**chosen, "shown": form["shown"].value()})

    kept.refresh_from_db()
    assert "Corrected meanwhile" in page.text
    assert (form["note"].value(), form["views"].value()) == ("the same sheet", False)
    assert kept.credit_line == "Corrected meanwhile"
    assert WorkMerge.objects.get().note == "the same sheet"


def test_a_picture_that_became_ready_meanwhile_does_not_refuse_the_merge(browser, kept, merged):
    waiting = factories.an_image(merged, is_ready=False)
    shown = digest_shown(browser, kept, merged)
    ArtworkImage.objects.filter(pk=waiting.pk).update(is_ready=True)

    browser.post(address(kept, merged), {"shown": shown})

    assert WorkMerge.objects.count() == 1


def test_a_form_without_the_digest_merges_nothing(browser, kept, merged):
    assert browser.post(address(kept, merged), {"note": ""}).status_code == 409
    assert not WorkMerge.objects.exists()
