"""An upload or import of the same bytes replaces a damaged original, and tells so."""

import pytest
from django.test import Client

from collection.audit.recording import Verb
from collection.jobs import derivative_jobs, file_checks, job_queue
from collection.models import ArtworkImage, AuditEntry, FileCheck, Job, JobState, Upload
from tests.collection.damage import derivative_of, flip_a_byte, original_of
from tests.collection.imports import imported
from tests.collection.uploads import a_file, refusals, send, send_as_script, signed_in
from tests.factories import a_collection, a_painted_image, a_user, a_work, painted

pytestmark = pytest.mark.django_db

TOLD = "The stored original of this file was damaged or missing. It has been replaced by this one."
HARMS = pytest.mark.parametrize(
    "harm", [flip_a_byte, lambda path: path.unlink(), lambda path: path.write_bytes(b"")], ids=["flip", "lost", "empty"]
)


@pytest.fixture
def image(collection) -> ArtworkImage:
    """A picture of the collection with whole files, painted from seed 1."""
    return a_painted_image(a_work(collection, accession_number="1923.4"), seed=1)


def latest_page(browser: Client) -> str:
    return browser.get(Upload.objects.latest("pk").get_absolute_url()).content.decode()


@HARMS
def test_a_file_that_is_already_held_heals_its_original(curator, image, harm):
    harm(original_of(image))
    file_checks.check(image)

    send(curator, a_file(1))

    assert original_of(image).read_bytes() == painted(1)
    assert refusals(Upload.objects.get()) == {"1.jpg": "This file is already held as 1923.4."}
    assert TOLD in latest_page(curator)
    assert not file_checks.problems().exists()


@HARMS
def test_an_upload_to_another_collection_heals_the_original_of_both(image, harm):
    other = a_collection(slug="other")
    browser = signed_in(a_user("other", curates=other))
    harm(original_of(image))
    file_checks.check(image)

    send(browser, a_file(1), collection="other")

    assert original_of(image).read_bytes() == painted(1)
    assert ArtworkImage.objects.filter(collection=other).count() == 1
    assert TOLD in latest_page(browser)
    assert "1923.4" not in latest_page(browser)
    assert not file_checks.problems().exists()


def test_the_script_of_the_upload_page_is_told(curator, image):
    original_of(image).unlink()

    (file,) = send_as_script(curator, a_file(1)).json()["files"]

    assert file["note"] == TOLD


def test_a_whole_original_gives_no_note(curator, image):
    send(curator, a_file(1), a_file(2))

    assert not Upload.objects.get().files.exclude(note="").exists()


def test_derivatives_that_are_damaged_too_are_made_again(curator, image):
    good = derivative_of(image).read_bytes()
    original_of(image).unlink()
    derivative_of(image).write_bytes(b"garbage")
    file_checks.check(image)

    send(curator, a_file(1))
    derivative_jobs.run()

    assert derivative_of(image).read_bytes() == good
    assert FileCheck.objects.get(image=image).problem == ""


def test_jobs_that_failed_because_of_the_original_are_repeated(curator, image):
    original_of(image).unlink()
    Job.objects.update(state=JobState.PENDING)
    derivative_jobs.run()
    Job.objects.create(image=image, key="embed:1", state=JobState.FAILED, reason="The original is missing.")

    send(curator, a_file(1))
    derivative_jobs.run()

    assert dict(image.jobs.values_list("key", "state")) == {
        job_queue.DERIVATIVES: JobState.DONE,
        job_queue.PALETTE: JobState.DONE,
        job_queue.AVIF: JobState.PENDING,
        job_queue.PYRAMID: JobState.PENDING,
        "embed:1": JobState.PENDING,
    }


def test_an_import_of_files_that_are_held_heals_them(folder):
    imported(folder)
    one, two, _ = ArtworkImage.objects.order_by("pk")
    flip_a_byte(original_of(one))
    original_of(two).unlink()
    file_checks.check(one)
    file_checks.check(two)

    said, code = imported(folder)

    assert original_of(one).read_bytes() == painted(1)
    assert original_of(two).read_bytes() == painted(2)
    assert "2 damaged or missing originals replaced" in said
    assert code == 0
    assert not file_checks.problems().exists()


def test_each_original_that_is_replaced_is_in_the_audit_log(curator, image):
    original_of(image).unlink()

    send(curator, a_file(1))

    entry = AuditEntry.objects.get(verb=Verb.RESTORED)
    assert (entry.object_id, entry.kind, entry.label) == (image.pk, "picture", str(image))
    assert entry.user_name == Upload.objects.get().uploaded_by.username


def test_an_import_records_each_original_that_it_replaces(folder):
    imported(folder)
    for image in ArtworkImage.objects.order_by("pk")[:2]:
        original_of(image).unlink()

    imported(folder)

    assert AuditEntry.objects.filter(verb=Verb.RESTORED).count() == 2


def test_a_dry_run_of_an_import_heals_nothing(folder):
    imported(folder)
    image = ArtworkImage.objects.first()
    original_of(image).unlink()

    imported(folder, "--dry-run")

    assert not original_of(image).exists()
