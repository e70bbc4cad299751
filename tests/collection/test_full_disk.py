"""A disk that fills up or turns read-only during an upload: a sentence, nothing half stored, and later all is well."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collection.desk import upload_intake
from collection.jobs import derivative_jobs, job_queue
from collection.models import Artwork, ArtworkImage, Upload
from tests.collection.uploads import a_file, refusals, send, send_as_script
from tests.factories import painted

pytestmark = pytest.mark.django_db

SIZE_KIB = 1024


@pytest.fixture
def small_disk(media, settings, tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB on which the pictures are stored."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KIB}k", "tmpfs", str(disk)]
    mounted = subprocess.run(words, capture_output=True, text=True) if os.geteuid() == 0 else None
    if mounted is None or mounted.returncode != 0:
        pytest.skip("only root can mount a small disk, and not in every container")
    (disk / "media" / "originals").mkdir(parents=True)
    settings.MEDIA_ROOT = disk / "media"
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Fill the disk to its last byte. Return the file to delete."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return ballast


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def nothing_is_stored() -> bool:
    rows = (Upload, Artwork, ArtworkImage)
    return not any(model.objects.exists() for model in rows)


def test_the_script_gets_a_sentence_as_json_and_nothing_is_stored(collection, curator, small_disk):
    fill(small_disk)

    answer = send_as_script(curator, a_file(1))

    assert answer.status_code == 503
    assert answer.json() == {"problem": upload_intake.FULL}
    assert nothing_is_stored()
    assert files_in(small_disk / "media") == []


def test_the_form_gets_the_same_sentence(collection, curator, small_disk):
    fill(small_disk)

    answer = send(curator, a_file(1), a_file(2))

    assert answer.status_code == 503
    assert upload_intake.FULL in answer.content.decode()
    assert nothing_is_stored()


def test_once_there_is_space_the_same_upload_succeeds(collection, curator, small_disk):
    ballast = fill(small_disk)
    send_as_script(curator, a_file(1))
    ballast.unlink()

    answer = send_as_script(curator, a_file(1))
    derivative_jobs.run()

    assert answer.status_code == 200
    assert answer.json()["files"][0]["refusal"] == ""
    assert ArtworkImage.objects.get().is_ready


def test_files_before_the_full_disk_are_kept_and_those_after_it_have_a_reason(collection, curator, small_disk):
    large = SimpleUploadedFile("large.jpg", noise_of(2 * SIZE_KIB))

    send(curator, a_file(1), large)

    assert refusals(Upload.objects.get()) == {"1.jpg": "", "large.jpg": upload_intake.FULL}
    assert ArtworkImage.objects.get().original_name == "1.jpg"


def noise_of(size_kib: int) -> bytes:
    """A JPEG followed by bytes that decoders ignore, so that it has a size."""
    return painted(2) + os.urandom(size_kib * 1024)


def test_a_full_disk_for_files_in_transit_is_told_in_json_too(collection, curator, media, small_disk, settings):
    settings.MEDIA_ROOT = media
    settings.FILE_UPLOAD_TEMP_DIR = str(small_disk)
    large = SimpleUploadedFile("large.jpg", bytes(3 * 2**20))  # larger than Django keeps in memory

    answer = send_as_script(curator, large)

    assert answer.status_code == 503
    assert answer.json() == {"problem": upload_intake.FULL}
    assert nothing_is_stored()
    assert files_in(small_disk) == []


def test_a_disk_that_turns_read_only_is_told_in_a_sentence(collection, curator, small_disk):
    remount_read_only(small_disk)

    answer = send_as_script(curator, a_file(1))

    assert answer.status_code == 503
    assert answer.json() == {"problem": upload_intake.READ_ONLY}
    assert nothing_is_stored()


def remount_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def test_a_folder_of_pictures_that_is_no_folder_is_told_in_a_sentence(collection, curator, media):
    (media / "originals").touch()  # root may write everywhere else

    answer = send_as_script(curator, a_file(1))

    assert answer.status_code == 503
    assert answer.json() == {"problem": upload_intake.READ_ONLY}
    assert nothing_is_stored()


def test_derivatives_wait_for_space_on_the_disk(collection, curator, small_disk):
    send(curator, a_file(1))
    ballast = fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        derivative_jobs.run()
    waiting = job_queue.is_waiting(job_queue.DERIVATIVES)
    ballast.unlink()

    derivative_jobs.run()

    assert waiting
    assert ArtworkImage.objects.get().is_ready


def test_a_file_that_is_held_and_whole_needs_no_space(collection, curator, small_disk):
    send(curator, a_file(1, "1923.4.jpg"))
    remount_read_only(small_disk)

    answer = send_as_script(curator, a_file(1))

    assert answer.json()["files"][0]["refusal"] == "This file is already held as 1923.4."
