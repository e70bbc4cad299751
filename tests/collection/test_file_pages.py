"""The page of files shows administrators what is damaged, and how to repair it."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from collection.jobs import derivative_jobs, file_checks, job_queue
from collection.models import FileCheck, Orphan
from tests.collection.damage import derivative_of, flip_a_byte, original_of
from tests.collection.uploads import signed_in
from tests.factories import a_painted_image, a_user, a_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(media) -> Client:
    return signed_in(a_user("admin", is_superuser=True))


def page(browser: Client) -> str:
    return " ".join(browser.get("/files/").content.decode().split())


@pytest.mark.parametrize("address", ["/files/", "/files/check/", "/files/1/check/", "/files/1/rebuild/"])
def test_only_administrators_have_the_page(collection, curator, client, address):
    method = "get" if address == "/files/" else "post"

    anonymous = getattr(client, method)(address)
    forbidden = getattr(curator, method)(address)

    assert (anonymous.status_code, anonymous.url) == (302, f"/login/?next={address}")
    assert forbidden.status_code == 403


def test_the_header_links_to_the_page_for_administrators_alone(collection, curator, admin):
    assert 'href="/files/"' in admin.get("/").content.decode()
    assert 'href="/files/"' not in curator.get("/").content.decode()


def test_whole_files_are_told_in_a_sentence(admin):
    file_checks.check(a_painted_image())

    shown = page(admin)

    assert "1 of 1" in shown
    assert "No problem was found" in shown


def test_before_the_first_check_the_page_says_so(admin):
    a_painted_image()

    assert "No file has been checked yet" in page(admin)


def test_a_damaged_original_is_shown_with_what_heals_it(admin):
    image = a_painted_image(a_work(accession_number="1923.4"))
    flip_a_byte(original_of(image))
    file_checks.check(image)

    shown = page(admin)

    assert "1923.4" in shown
    assert "The content of the original has changed since its upload." in shown
    assert f'href="/collections/{image.collection.slug}/upload/"' in shown
    assert f"originals/{image.sha256[:2]}/" in shown
    assert f'action="/files/{image.pk}/check/"' in shown
    assert f'action="/files/{image.pk}/rebuild/"' not in shown


def test_damaged_derivatives_are_made_again_by_the_button(admin):
    image = a_painted_image()
    good = derivative_of(image).read_bytes()
    derivative_of(image).write_bytes(b"garbage")
    file_checks.check(image, rebuilds=False)
    before = page(admin)

    admin.post(f"/files/{image.pk}/rebuild/")
    meanwhile = page(admin)
    derivative_jobs.run()

    assert f'action="/files/{image.pk}/rebuild/"' in before
    assert "The smaller copies are being made again." in meanwhile
    assert derivative_of(image).read_bytes() == good
    assert "No problem was found" in page(admin)


def test_the_button_checks_one_picture_now(admin):
    image = a_painted_image()
    original_of(image).unlink()

    answer = admin.post(f"/files/{image.pk}/check/", follow=True)

    assert "The original is missing." in answer.content.decode()
    assert FileCheck.objects.get().original == "missing"


@pytest.mark.parametrize("kind", ["accession number", "picture"])
def test_any_picture_can_be_checked_by_its_number(admin, kind):
    image = a_painted_image(a_work(accession_number="1923.4"))
    number = "1923.4" if kind == "accession number" else str(image.pk)

    answer = admin.post("/files/check/", {"number": number}, follow=True)

    assert f"Picture {image.pk} of 1923.4: all files are whole." in answer.content.decode()


@pytest.mark.parametrize("number", ["", "none", "9" * 30, "²", "\x00"])
def test_an_unknown_number_is_refused_with_a_sentence(admin, number):
    answer = admin.post("/files/check/", {"number": number})

    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()


def test_a_picture_that_does_not_exist_is_not_found(admin):
    assert admin.post("/files/999/check/").status_code == 404
    assert admin.post("/files/999/rebuild/").status_code == 404


def test_a_disk_that_is_not_mounted_is_told(admin, media):
    image = a_painted_image()
    (media / "originals").rename(media / "elsewhere")

    answer = admin.post(f"/files/{image.pk}/check/", follow=True)

    assert "Is its disk mounted?" in answer.content.decode()
    assert "Is its disk mounted?" in page(admin)
    assert not FileCheck.objects.exists()


def test_files_that_were_not_read_for_too_long_are_told(admin):
    image = a_painted_image()
    file_checks.check(image)
    FileCheck.objects.update(checked_at=timezone.now() - dt.timedelta(days=40))

    assert "At least one file has not been read for more than 30 days" in page(admin)


def test_files_of_deleted_pictures_are_counted(admin):
    Orphan.objects.create(sha256="0" * 64, found_at=timezone.now())

    assert "1 <span" in page(admin)


def test_the_list_alone_is_sent_to_htmx(admin):
    a_painted_image()

    answer = admin.get("/files/", headers={"HX-Request": "true", "HX-Target": "files"}).content.decode()

    assert "<html" not in answer
    assert "Pictures checked" in answer


def test_a_visit_changes_nothing(admin):
    image = a_painted_image()
    derivative_of(image).unlink()

    page(admin)

    assert not FileCheck.objects.exists()
    assert not job_queue.is_waiting(job_queue.DERIVATIVES)
