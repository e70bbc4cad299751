"""Tiled copies: made at intake and for the backlog, kept whole, deleted with their picture. The store of tiles."""

import io
import os

import pytest
from django.core.management import call_command
from PIL import Image

from collection import imaging, ingest
from collection.files import orphan_files, pyramids, tile_store
from collection.iiif import rendering
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


def test_a_tile_is_sent_from_the_store_after_its_first_request(media, client):
    image = a_zoomable()
    first = body(asked(image, TILE))
    (kept,) = (media / "tiles").rglob("*.jpg")
    kept.write_bytes(first + b"from the store")

    again = asked(image, TILE)

    assert body(again) == first + b"from the store"
    assert again["Content-Type"] == "image/jpeg"


def test_behind_a_proxy_a_kept_tile_is_named_instead_of_sent(media, settings):
    settings.KINDRED_PICTURE_SERVER = "nginx"
    image = a_zoomable()

    first, again = asked(image, TILE), asked(image, TILE)

    (kept,) = (media / "tiles").rglob("*.jpg")
    assert body(first) == kept.read_bytes()
    assert again["X-Accel-Redirect"] == f"/_media/{kept.relative_to(media)}"
    assert (body(again), again["Access-Control-Allow-Origin"], again["ETag"]) == (b"", "*", first["ETag"])


def test_invented_addresses_are_not_kept(media):
    image = a_zoomable()

    for parameters in ("3,0,512,512/max/0/default.jpg", "full/77,/0/default.jpg", "0,0,512,512/max/1/default.jpg"):
        assert asked(image, parameters).status_code == 200

    assert not (media / "tiles").exists()


def test_new_tiles_replace_kept_ones_once_the_tiled_copy_is_made_again(media):
    image = a_zoomable()
    old = asked(image, TILE)
    (kept,) = (media / "tiles").rglob("*.jpg")
    kept.write_bytes(b"old")

    pyramids.make(image)

    assert body(asked(image, TILE)) == body(old)
    assert asked(image, TILE)["ETag"] != old["ETag"]


def test_a_full_store_deletes_the_oldest_tiles(media, settings):
    settings.KINDRED_TILES_MIB = 1  # 4 KiB for each folder
    digest = "ab" * 32
    paths = [tile_store.path_of(digest, f"{number}.jpg") for number in range(10)]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1_000))
        os.utime(path, (number, number))

    tile_store.prune(media / "tiles" / "ab")

    assert [path.exists() for path in paths] == [False] * 7 + [True] * 3


def test_without_a_store_tiles_are_rendered_each_time(media, settings):
    settings.KINDRED_TILES_MIB = 0
    image = a_zoomable()

    assert asked(image, TILE).status_code == 200
    assert not (media / "tiles").exists()


def test_a_disk_that_cannot_be_written_keeps_no_tile_and_sends_it(media, caplog):
    image = a_zoomable()
    (media / "tiles").write_bytes(b"in the way")

    assert asked(image, TILE).status_code == 200
    assert "is not kept" in caplog.text


def test_while_large_answers_wait_more_of_them_are_refused_and_tiles_are_sent(media):
    image = a_zoomable(data=pictures.packed(Image.new("RGB", (2600, 2600), "navy")))

    with rendering.places, rendering.places:
        large = asked(image, "full/max/0/default.png")
        tile = asked(image, TILE)
    after = asked(image, "full/max/0/default.png")

    assert (large.status_code, large["Retry-After"]) == (503, "2")
    assert b"Please try again soon." in large.content
    assert (tile.status_code, after.status_code) == (200, 200)


@pytest.mark.parametrize(
    "parameters", ["full/max/45/default.webp", "full/1,4000/0/default.png", "full/4000,1/0/bitonal.jpg"]
)
def test_the_largest_answers_are_rendered(media, parameters):
    image = a_zoomable(data=pictures.packed(Image.new("RGB", (4000, 4000), "navy"), "JPEG"))

    assert asked(image, parameters).status_code == 200


@pytest.mark.parametrize("size", [(5000, 60), (60, 5000), (513, 512), (16, 16)])
def test_pictures_of_unusual_shapes_have_all_their_tiles(media, size):
    image = a_zoomable(data=pictures.packed(pictures.painted(*size)))
    info = asked(image, "info.json").json()
    width_px, height_px = info["width"], info["height"]

    for factor in info["tiles"][0]["scaleFactors"]:
        for left in range(0, width_px, 512 * factor):
            for top in range(0, height_px, 512 * factor):
                wide, high = min(512 * factor, width_px - left), min(512 * factor, height_px - top)
                scaled = f"{-(-wide // factor)},{-(-high // factor)}"
                assert asked(image, f"{left},{top},{wide},{high}/{scaled}/0/default.jpg").status_code == 200
