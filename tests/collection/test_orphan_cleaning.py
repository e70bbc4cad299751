"""The files of a deleted picture are kept for a month after the deletion, then deleted by schedule."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest
from django.utils import timezone

from collection import ingest
from collection.files import orphan_cleaning, orphan_files, storage
from collection.models import ArtworkImage, Orphan
from tests.factories import a_painted_image, a_work, add_picture, painted

pytestmark = pytest.mark.django_db

YEAR_S = 365 * 86_400


@pytest.fixture(autouse=True)
def _kept(media) -> None:
    """A picture that stays: an empty database would mean that it is the wrong one."""
    a_painted_image(seed=800)


def clean_for_a_day(after_days: float = 0) -> None:
    """Clean as the schedule does in the 24 hours that begin so many days from now."""
    start = timezone.now() + dt.timedelta(days=after_days)
    for hour in range(24):
        orphan_cleaning.clean(start + dt.timedelta(hours=hour))


def grow_old(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - YEAR_S,) * 2)


def a_deleted_picture(media: Path) -> ArtworkImage:
    """A picture that was uploaded a year ago and has just been deleted."""
    image = a_painted_image(seed=801)
    grow_old(media)
    image.delete()
    return image


def is_stored(image: ArtworkImage) -> bool:
    return storage.original(image.sha256, image.extension).exists() or storage.derivatives(image.sha256).exists()


def test_files_are_kept_for_30_days_after_the_deletion_however_old_they_are(media):
    image = a_deleted_picture(media)

    clean_for_a_day()
    clean_for_a_day(29)

    assert storage.original(image.sha256, image.extension).is_file()
    assert storage.derivative(image.sha256, 480, "webp").is_file()


def test_files_are_deleted_30_days_later(media):
    image = a_deleted_picture(media)

    clean_for_a_day()
    clean_for_a_day(31)

    assert not is_stored(image)
    assert not Orphan.objects.exists()


def test_the_number_of_days_is_a_setting(media, settings):
    settings.KINDRED_ORPHAN_DAYS = 3
    image = a_deleted_picture(media)

    clean_for_a_day()
    clean_for_a_day(4)

    assert not is_stored(image)


def test_files_of_pictures_stay(media):
    image = a_painted_image(seed=802)
    grow_old(media)

    clean_for_a_day()
    clean_for_a_day(100)

    assert storage.original(image.sha256, image.extension).is_file()
    assert storage.derivative(image.sha256, 480, "webp").is_file()
    assert not Orphan.objects.exists()


def test_a_picture_that_is_uploaded_again_keeps_its_files_and_starts_anew(media):
    image = a_deleted_picture(media)
    clean_for_a_day()
    again = add_picture(a_work(), ingest.NewPicture(painted(801), "again.jpg"))

    clean_for_a_day(31)

    assert again.sha256 == image.sha256
    assert is_stored(again)
    assert not Orphan.objects.exists()


def test_a_file_that_is_being_uploaded_again_is_not_deleted(media):
    image = a_deleted_picture(media)
    clean_for_a_day()
    storage.keep(painted(801), image.sha256, "jpg")  # its row follows a moment later
    os.utime(storage.original(image.sha256, "jpg"), (time.time() + 31 * 86_400,) * 2)

    clean_for_a_day(31)

    assert storage.original(image.sha256, "jpg").is_file()


def test_each_hour_cleans_its_own_folders():
    folders = [prefix for hour in range(24) for prefix in orphan_cleaning.prefixes(hour)]

    assert sorted(folders) == [f"{number:02x}" for number in range(256)]


def test_a_database_without_pictures_deletes_nothing(media):
    grow_old(media)
    ArtworkImage.objects.all().delete()

    clean_for_a_day()
    clean_for_a_day(31)

    assert any(path.is_file() for path in media.rglob("*"))


def test_one_orphan_that_cannot_be_deleted_holds_up_no_other(media, caplog):
    odd, other = a_deleted_picture(media), a_painted_image(seed=805)
    (storage.derivatives(odd.sha256) / "@eaDir").mkdir()  # as a NAS adds
    other.delete()
    grow_old(media)

    clean_for_a_day()
    clean_for_a_day(31)

    assert not is_stored(other)
    assert (storage.derivatives(odd.sha256) / "@eaDir").is_dir()
    assert "could not be deleted" in caplog.text


def test_an_orphan_that_has_vanished_is_no_error(media):
    vanished = orphan_files.OrphanFile(media / "derivatives/00/00/x.part")

    orphan_files.discard(vanished, swept := orphan_files.Swept(), is_rehearsal=False)

    assert swept.files == 0


def test_folders_that_are_named_as_unfinished_writes_and_links_to_folders_are_left_alone(media, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    kept = [media / "originals/ab/cd/tmp-of-a-person/notes.txt", elsewhere / "cd" / ("ab" * 32 + ".jpg")]
    kept.append(elsewhere / "480.webp")
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"kept")
    (media / "originals/ac").symlink_to(elsewhere)
    (media / "derivatives/ab/cd").mkdir(parents=True)
    (media / "derivatives/ab/cd" / ("ab" * 32)).symlink_to(elsewhere)
    grow_old(media)
    grow_old(elsewhere)

    clean_for_a_day()
    clean_for_a_day(31)

    assert all(path.is_file() for path in kept)
