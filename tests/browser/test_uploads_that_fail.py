"""The upload page while the disk fails, and when an upload heals a damaged original."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from collection.desk import upload_intake
from tests import factories
from tests.browser.test_curator import sign_in
from tests.collection.damage import flip_a_byte, original_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent_file(tmp_path: Path) -> Path:
    path = tmp_path / "B.5.jpg"
    path.write_bytes(factories.painted(5))
    return path


def test_a_file_that_could_not_be_stored_is_kept_and_can_be_sent_again(page: Page, media: Path, sent_file: Path):
    collection = factories.a_collection(slug="prints", title="Prints")
    factories.a_user("curator", curates=collection)
    broken = media / "originals"
    broken.touch()  # no folder, so that nothing can be stored
    sign_in(page, "curator")
    page.goto("/collections/prints/upload/")
    page.set_input_files("input[type=file]", sent_file)

    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".sent__file--not-sent")).to_contain_text(upload_intake.READ_ONLY)
    broken.unlink()
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("heading", name="Your upload")).to_be_visible()
    assert collection.images.get().original_name == "B.5.jpg"


def test_the_page_tells_that_an_upload_has_healed_an_original(page: Page, media: Path, sent_file: Path):
    collection = factories.a_collection(slug="prints", title="Prints")
    factories.a_user("curator", curates=collection)
    image = factories.a_painted_image(factories.a_work(collection), seed=5)
    flip_a_byte(original_of(image))
    sign_in(page, "curator")
    page.goto("/collections/prints/upload/")
    page.set_input_files("input[type=file]", sent_file)

    page.get_by_role("button", name="Upload").click()

    expect(page.locator(".sent__file--already-held")).to_contain_text(upload_intake.RESTORED)
    assert original_of(image).read_bytes() == factories.painted(5)
