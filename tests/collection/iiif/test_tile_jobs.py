"""Tiled copies: made at intake and for the backlog, kept whole, deleted with their picture. The store of tiles."""

import io

import pytest
from django.core.management import call_command
from PIL import Image

from collection import imaging, ingest
from collection.files import orphan_files, pyramids
from collection.jobs import derivative_jobs, file_checks, job_queue, workers
from collection.models import ArtworkImage, FileState, Job, JobState
from tests import factories, pictures
from tests.collection.damage import flip_a_byte, original_of
from tests.collection.iiif.zoomable import a_zoomable, asked, body
from tests.collection.test_derivatives import originals

pytestmark = pytest.mark.django_db
TILE = "0,0,512,512/max/0/default.jpg"


def an_upload(data: bytes | None = None) -> ArtworkImage:
    image = factories.add_picture(factories.a_work(), ingest.NewPicture(data or factories.painted(5), "5.jpg"))
    factories.note_derivatives(image, JobState.DONE)
    return image


def job_of(image: ArtworkImage) -> Job:
    return image.jobs.get(key=job_queue.PYRAMID)


def age(image: ArtworkImage) -> None:
    """Let the tiled copy be old enough that a request may queue it again."""
    image.jobs.update(changed_at="2020-01-01T00:00Z")


def test_an_upload_is_enlarged_once_a_worker_has_made_its_tiles(media, broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        image = an_upload()
    before = asked(image, "info.json")

    derivative_jobs.run_pyramids()

    assert workers.MAKE_PYRAMIDS in broker.tasks()
    assert (before.status_code, before["Cache-Control"]) == (404, "no-cache, max-age=5")
    assert b"being prepared" in before.content
    assert asked(image, "info.json").status_code == 200


def test_pictures_of_an_earlier_release_get_tiles_behind_uploads(media):
    image = an_upload()
    job_of(image).delete()

    derivative_jobs.repair()

    assert job_of(image).priority == job_queue.BACKLOG_PRIORITY


def test_a_work_is_on_view_before_its_tiles_are_made(media, client):
    image = an_upload()

    assert ArtworkImage.objects.get(pk=image.pk).is_ready
    assert job_queue.is_waiting(job_queue.PYRAMID)


def test_the_command_makes_the_tiles_of_a_collection_again(media):
    image = a_zoomable()

    call_command("rebuild_derivatives", "--tiles", "--collection", image.collection.slug, verbosity=0)

    assert job_of(image).state == JobState.PENDING
    assert not job_queue.is_waiting(job_queue.DERIVATIVES)


@pytest.mark.parametrize("kind", ["cmyk", "16-bit grey png", "palette png with a clear colour", "heic", "animated gif"])
def test_everything_that_is_accepted_can_be_enlarged(media, kind):
    data = originals()[kind]
    image = an_upload(data)

    derivative_jobs.run_pyramids()

    answer = asked(image, "full/max/0/default.png")
    assert pictures.difference(Image.open(io.BytesIO(body(answer))), imaging.open_upright(data)) < 3


def test_a_damaged_original_fails_with_a_sentence(media):
    image = an_upload()
    flip_a_byte(original_of(image))

    derivative_jobs.run_pyramids()

    assert job_of(image).state == JobState.FAILED
    assert "Upload the same file again" in job_of(image).reason
    assert asked(image, TILE).status_code == 404


@pytest.mark.parametrize("harm", ["unlink", "flip", "empty"])
def test_a_lost_or_damaged_tiled_copy_is_made_again(media, harm):
    image = a_zoomable()
    path = pyramids.path_of(image)
    if harm == "unlink":
        path.unlink()
    else:
        path.write_bytes(b"" if harm == "empty" else path.read_bytes()[:5_000])
    age(image)

    broken = asked(image, TILE)
    derivative_jobs.run_pyramids()

    assert broken.status_code == 404
    assert asked(image, TILE).status_code == 200


def test_a_check_of_files_finds_a_damaged_tiled_copy(media):
    image = a_zoomable()
    path = pyramids.path_of(image)
    path.write_bytes(path.read_bytes()[:5_000])

    state = pyramids.state_of(image)
    file_checks.check(image)

    assert state == FileState.DAMAGED
    assert job_of(image).state == JobState.PENDING


def test_a_check_of_files_leaves_whole_and_unmade_tiled_copies_alone(media):
    whole, unmade = a_zoomable(), an_upload()

    for image in (whole, unmade):
        file_checks.check(image)

    assert pyramids.state_of(whole) == FileState.WHOLE
    assert (job_of(whole).state, job_of(unmade).state) == (JobState.DONE, JobState.PENDING)


def test_the_tiled_copy_of_a_picture_smaller_than_a_tile_is_whole(media):
    assert pyramids.state_of(a_zoomable(size=(300, 200))) == FileState.WHOLE


def test_files_of_a_deleted_picture_are_deleted_with_its_tiles(media):
    image, other = a_zoomable(), a_zoomable(size=(600, 500))
    for each in (image, other):
        asked(each, TILE)
    ArtworkImage.objects.get(pk=image.pk).delete()

    orphan_files.sweep(-1)

    left = {path.parent.name for path in media.rglob("*") if path.is_file() and path.parent.name != "originals"}
    assert image.sha256 not in left
    assert other.sha256 in left
    assert not original_of(image).exists()
