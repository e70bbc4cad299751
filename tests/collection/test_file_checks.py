"""Every file is read again and again; what is damaged or missing is found, and healed where it can be."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from collection import ingest
from collection.jobs import derivative_jobs, file_checks, job_queue, rebuilding, upload_progress
from collection.models import ArtworkImage, FileCheck, FileState, Job, JobState, Upload
from tests import pictures
from tests.collection.damage import derivative_of, flip_a_byte, job_state, original_of, states
from tests.factories import a_painted_image, a_work, add_picture, painted

pytestmark = pytest.mark.django_db


def test_whole_files_have_no_problem(media):
    image = a_painted_image()

    found = file_checks.check(image)

    assert (found.original, found.derivatives, found.problem) == ("whole", "whole", "")


def test_a_flipped_byte_in_an_original_is_found(media):
    image = a_painted_image()
    flip_a_byte(original_of(image))

    file_checks.check(image)

    assert states(image) == (FileState.DAMAGED, FileState.WHOLE)
    assert FileCheck.objects.get().problem == "The content of the original has changed since its upload."


def test_an_original_that_was_cut_short_is_found(media):
    image = a_painted_image()
    original_of(image).write_bytes(original_of(image).read_bytes()[:100])

    found = file_checks.check(image)

    assert found.problem == f"The original has 100 bytes instead of {image.size_bytes:,}."


def test_a_deleted_original_is_found(media):
    image = a_painted_image()
    original_of(image).unlink()

    found = file_checks.check(image)

    assert (found.original, found.problem) == (FileState.MISSING, "The original is missing.")


def test_an_original_that_cannot_be_read_is_damaged(media):
    image = a_painted_image()
    original_of(image).unlink()
    original_of(image).symlink_to(original_of(image))  # the system refuses to follow it

    found = file_checks.check(image)

    assert found.original == FileState.DAMAGED
    assert "cannot be read from the disk" in found.problem


def small_picture(path) -> None:
    Image.new("RGB", (10, 10)).save(path)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_bytes(b"garbage"), "is damaged"),
        (lambda path: path.write_bytes(b""), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "is damaged"),
        (lambda path: path.unlink(), "is missing"),
        (small_picture, "has 10 × 10 pixels"),
    ],
    ids=["garbage", "empty", "cut short", "deleted", "another picture"],
)
@pytest.mark.parametrize("name", ["480.webp", "160.jpg"])
def test_a_faulty_derivative_is_found_and_made_again(media, harm, words, name):
    image = a_painted_image()
    good = derivative_of(image, name).read_bytes()
    harm(derivative_of(image, name))

    found = file_checks.check(image)
    derivative_jobs.run()

    assert found.problem == f"1 of its 6 smaller copies cannot be used: {name} {words}."
    assert derivative_of(image, name).read_bytes() == good
    assert FileCheck.objects.get().problem == ""


def test_derivatives_of_every_shape_count_as_whole(media):
    work = a_work()

    for size in [(1201, 801), (30, 2_000), (333, 101), (1_999, 1_333)]:
        add_picture(work, ingest.NewPicture(painted(1, size), "a.jpg"))
    derivative_jobs.run()

    for image in work.images.all():
        assert file_checks.check(image).problem == ""


def test_derivatives_are_never_made_from_a_damaged_original(media):
    image = a_painted_image()
    before = derivative_of(image).read_bytes()
    flip_a_byte(original_of(image))
    Job.objects.update(state=JobState.PENDING)

    derivative_jobs.run()

    job = Job.objects.get(image=image, key=job_queue.DERIVATIVES)
    assert job.state == JobState.FAILED
    assert "Upload the same file again" in job.reason
    assert derivative_of(image).read_bytes() == before
    assert states(image) == (FileState.DAMAGED, FileState.WHOLE)


def test_a_file_damaged_after_its_upload_fails_with_a_sentence_and_is_listed(media):
    image = an_upload_whose_file_changes()

    derivative_jobs.run()

    assert "changed since its upload" in Job.objects.get(image=image, key=job_queue.DERIVATIVES).reason
    assert file_checks.problems().get().image == image


def an_upload_whose_file_changes() -> ArtworkImage:

    image = add_picture(a_work(), ingest.NewPicture(painted(7), "7.jpg"))
    flip_a_byte(original_of(image))
    return image


def test_derivatives_of_a_damaged_original_wait_for_the_original(media):
    image = a_painted_image()
    original_of(image).unlink()
    derivative_of(image).unlink()

    file_checks.check(image)

    assert states(image) == (FileState.MISSING, FileState.MISSING)
    assert job_state(image) == JobState.DONE


def test_derivatives_that_were_never_made_are_no_problem(media):

    image = add_picture(a_work(), ingest.NewPicture(painted(7), "7.jpg"))

    found = file_checks.check(image)

    assert (found.derivatives, found.problem) == (FileState.WAITING, "")


def test_one_check_counts_for_all_pictures_of_a_file(media):
    one, other = a_painted_image(seed=5), a_painted_image(seed=5)
    flip_a_byte(original_of(one))

    file_checks.check(one)

    assert states(one) == states(other) == (FileState.DAMAGED, FileState.WHOLE)


def test_a_check_that_began_earlier_does_not_hide_a_later_result(media):
    image = a_painted_image()
    later = timezone.now() + dt.timedelta(minutes=1)
    FileCheck.objects.create(image=image, checked_at=later, derivatives=FileState.WHOLE)
    flip_a_byte(original_of(image))

    file_checks.check(image)

    assert states(image) == (FileState.WHOLE, FileState.WHOLE)


def test_the_page_of_an_upload_keeps_its_thumbnails_while_derivatives_are_made_again(media):

    image = a_painted_image()
    upload = Upload.objects.create(collection=image.collection)
    upload.files.create(name="a.jpg", image=image)

    rebuilding.queue([image])

    (file,) = upload_progress.of(upload).files
    assert file.has_thumbnail


def test_a_derivative_that_is_a_folder_or_a_broken_link_is_damaged(media):
    image = a_painted_image()
    derivative_of(image, "480.webp").unlink()
    derivative_of(image, "480.webp").mkdir()
    derivative_of(image, "160.jpg").unlink()
    derivative_of(image, "160.jpg").symlink_to("nowhere")

    found = file_checks.check(image, rebuilds=False)

    assert "480.webp is damaged" in found.problem
    assert "160.jpg is damaged" in found.problem


READ_TWICE = """
import sys, django
django.setup()
from pathlib import Path
from collection.files import integrity
path = Path(sys.argv[1])
before = integrity.fault_of(path, (64, 48))
path.write_bytes(b"garbage")
print([before, integrity.fault_of(path, (64, 48))])
"""


def test_a_file_that_is_damaged_after_it_was_read_is_found_by_the_same_process(tmp_path: Path):
    copy = tmp_path / "64.webp"
    copy.write_bytes(pictures.packed(pictures.painted(64, 48), "WEBP"))

    command = [sys.executable, "-c", READ_TWICE, str(copy)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said.strip() == "['', '64.webp is damaged']"
