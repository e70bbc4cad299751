"""Slices of checks: the files that were read longest ago first, within the period, and what is healed."""

import datetime as dt

import pytest
from django.utils import timezone

from collection.files import storage
from collection.jobs import derivative_jobs, file_checks, job_queue
from collection.models import ArtworkImage, FileCheck, FileState, Job, JobState
from tests.collection.damage import derivative_of, job_state, original_of, states
from tests.factories import a_painted_image, an_image

pytestmark = pytest.mark.django_db


def checked_days_ago(image: ArtworkImage, days: float) -> None:
    FileCheck.objects.filter(image=image).update(checked_at=timezone.now() - dt.timedelta(days=days))


def others_were_checked_earlier() -> None:
    """Add pictures whose turn is before that of all others."""
    for _ in range(2):
        image = a_painted_image()
        file_checks.check(image)
        checked_days_ago(image, 5)


def test_a_missing_disk_is_no_fault_of_the_pictures(media):
    image = a_painted_image()
    (media / "originals").rename(media / "elsewhere")

    with pytest.raises(storage.StoreUnavailableError):
        file_checks.run_slice()

    assert not file_checks.problems().exists()
    assert job_state(image) == JobState.DONE


def test_a_slice_checks_what_was_never_checked_and_what_was_checked_too_long_ago(media, settings):
    settings.KINDRED_CHECK_DAYS = 30
    old, recent, new = (a_painted_image() for _ in range(3))
    file_checks.check(old)
    file_checks.check(recent)
    checked_days_ago(old, 31)
    checked_days_ago(recent, 1)
    before = timezone.now()

    count = file_checks.run_slice()

    checked = set(FileCheck.objects.filter(checked_at__gte=before).values_list("image", flat=True))
    assert (count, checked) == (2, {old.pk, new.pk})


def test_slices_read_everything_within_the_period(media, settings):
    settings.KINDRED_CHECK_DAYS = 1
    settings.CHECK_FILES_S = 86_400 // 2  # two slices in a period
    images = [a_painted_image() for _ in range(4)]
    for number, image in enumerate(images):
        file_checks.check(image)
        checked_days_ago(image, 0.9 - number / 10)
    before = timezone.now()

    counts = [file_checks.run_slice(), file_checks.run_slice()]

    assert counts == [2, 2]
    assert not FileCheck.objects.filter(checked_at__lt=before).exists()


def test_a_slice_without_time_still_checks_one_picture(media):
    for _ in range(3):
        a_painted_image()

    counts = [file_checks.run_slice(budget_s=0) for _ in range(3)]

    assert counts == [1, 1, 1]
    assert not FileCheck.objects.filter(checked_at=None).exists()


def test_a_slice_ends_early_while_an_upload_waits(media):
    for _ in range(3):
        a_painted_image()
    an_image(is_ready=False)

    assert file_checks.run_slice() == 1


def test_one_slice_finds_and_queues_all_that_is_damaged(media):
    images = [a_painted_image() for _ in range(3)]
    for image in images:
        derivative_of(image).write_bytes(b"garbage")

    file_checks.run_slice()

    assert job_queue.left(job_queue.DERIVATIVES) == 3
    assert file_checks.problems().count() == 3


def test_a_problem_that_a_command_found_is_healed_by_the_next_slice(media):
    image = a_painted_image()
    derivative_of(image).write_bytes(b"garbage")
    file_checks.check(image, rebuilds=False)
    checked_days_ago(image, 0.01)
    others_were_checked_earlier()

    file_checks.run_slice()
    derivative_jobs.run()

    assert not file_checks.problems().exists()


def test_an_original_restored_from_a_backup_is_noticed_by_the_next_slice_and_its_failed_jobs_are_repeated(media):
    image = a_painted_image()
    backup = original_of(image).read_bytes()
    original_of(image).unlink()
    derivative_of(image).unlink()
    Job.objects.update(state=JobState.PENDING)
    derivative_jobs.run()
    Job.objects.create(image=image, key="embed:1", state=JobState.FAILED)
    original_of(image).write_bytes(backup)
    checked_days_ago(image, 0.01)
    others_were_checked_earlier()

    file_checks.run_slice()
    derivative_jobs.run()

    assert not file_checks.problems().exists()
    others = [job_queue.PYRAMID, job_queue.PALETTE, job_queue.AVIF]
    jobs = dict(image.jobs.exclude(key__in=others).values_list("key", "state"))
    assert jobs == {job_queue.DERIVATIVES: "done", "embed:1": "pending"}


def test_a_rebuild_that_failed_is_not_repeated_by_every_slice(media):
    image = a_painted_image()
    derivative_of(image).write_bytes(b"garbage")
    Job.objects.update(state=JobState.FAILED)

    file_checks.run_slice()
    file_checks.run_slice()

    assert job_state(image) == JobState.FAILED


def test_a_site_without_pictures_has_nothing_to_check(media):
    assert file_checks.read_since() is None

    (media / "originals").mkdir()

    assert file_checks.run_slice() == 0


def test_a_check_that_fails_itself_does_not_stop_the_checks_of_other_pictures(media):
    broken, other = a_painted_image(), a_painted_image()
    ArtworkImage.objects.filter(pk=broken.pk).update(width_px=0, height_px=0)  # a division by zero

    file_checks.run_slice()

    assert FileCheck.objects.get(image=broken).problem == file_checks.UNEXPECTED
    assert states(other) == (FileState.WHOLE, FileState.WHOLE)
