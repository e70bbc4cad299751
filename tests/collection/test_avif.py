"""AVIF copies: only where they are smaller, and treated as the other derivatives."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips
from django.core.management import call_command
from PIL import Image

from collection import ingest
from collection.files import avif, derivatives, storage
from collection.jobs import derivative_jobs, file_checks, job_queue
from collection.models import Artwork, ArtworkImage, Job, JobState
from tests import factories, pictures
from tests.collection.damage import derivative_of
from tests.collection.test_pictures import body

pytestmark = pytest.mark.django_db

GRAIN = np.random.default_rng(1).integers(0, 255, (500, 700, 3), dtype=np.uint8)


def added(data: bytes = b"", artwork: Artwork | None = None) -> ArtworkImage:
    """Return a picture whose derivatives are still to be made. Its copies of 480 and 1200 px are smaller as AVIF."""
    data = data or pictures.packed(Image.fromarray(GRAIN))
    return factories.add_picture(artwork or factories.a_work(), ingest.NewPicture(data, "grain.png"))


def prepared(data: bytes = b"", artwork: Artwork | None = None) -> ArtworkImage:
    image = added(data, artwork)
    derivative_jobs.run()
    derivative_jobs.run_avif()
    image.refresh_from_db()
    return image


def test_a_picture_is_ready_before_its_avif_is_made(client, media: Path):
    image = added()

    derivative_jobs.run()

    image.refresh_from_db()
    assert (image.is_ready, image.avif_sides) == (True, [])
    assert "image/avif" not in client.get(image.artwork.get_absolute_url()).text
    assert image.jobs.get(key=job_queue.AVIF).state == JobState.PENDING


def test_avif_is_made_for_phones_and_the_two_larger_sizes_and_is_clearly_smaller(media: Path):
    image = prepared()

    assert image.avif_sides == [320, 480, 1200]
    for side_px in image.avif_sides:
        copy = derivative_of(image, f"{side_px}.avif")
        webp = derivative_of(image, f"{max(side_px, 480)}.webp")
        assert copy.stat().st_size <= 0.9 * webp.stat().st_size
        assert Image.open(copy).size == image.size_at(side_px)
    assert not derivative_of(image, "160.avif").exists()


def test_avif_that_saves_little_is_not_kept(media: Path):
    image = prepared(pictures.packed(pictures.landscape(3)))

    assert image.is_ready
    assert image.avif_sides == [320]  # smaller than the WebP of 480 px, which phones would load
    assert [path.name for path in storage.derivatives(image.sha256).glob("*.avif")] == ["320.avif"]


def test_an_avif_copy_shows_the_same_picture_without_metadata(tmp_path: Path):
    scene = pictures.painted(1300, 900)
    original = tmp_path / "original"
    original.write_bytes(pictures.photograph(6, scene, quality=95))

    derivatives.make(original, tmp_path / "copies")
    derivatives.make_avif(original, tmp_path / "copies")

    copy = Image.open(tmp_path / "copies" / "1200.avif")
    assert pictures.difference(copy.convert("RGB"), scene.resize(copy.size)) < 3
    assert dict(copy.getexif()) == {}
    assert "icc_profile" not in copy.info


def test_a_browser_is_offered_avif_first_and_webp_for_a_size_without_avif(client, media):
    image = prepared()
    ArtworkImage.objects.update(avif_sides=[1200])

    page = client.get(image.artwork.get_absolute_url()).text

    offered = page.index(f"/pictures/{image.pk}/480.webp 480w, /pictures/{image.pk}/1200.avif 700w")
    assert page.rindex('<source type="image/avif"', 0, offered) > 0
    assert offered < page.index('<source type="image/webp"')


def test_phones_are_offered_the_smallest_avif_for_a_card(client, media):
    image = prepared()

    card = client.get(image.collection.get_absolute_url()).text

    assert (
        f'<source type="image/avif" srcset="/pictures/{image.pk}/320.avif 320w, /pictures/{image.pk}/480.avif' in card
    )
    assert "320.webp" not in card


def test_a_picture_without_avif_is_offered_as_webp_and_jpeg_only(client, media):
    image = prepared()
    ArtworkImage.objects.update(avif_sides=[])

    assert "image/avif" not in client.get(image.artwork.get_absolute_url()).text


def test_avif_is_served_as_the_other_derivatives_are(client, media):
    image = prepared()

    answer = client.get(f"/pictures/{image.pk}/480.avif")
    again = client.get(f"/pictures/{image.pk}/480.avif", headers={"If-None-Match": answer["ETag"]})

    assert Image.open(io.BytesIO(body(answer))).format == "AVIF"
    assert answer["Content-Type"] == "image/avif"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert again.status_code == 304
    assert [client.get(f"/pictures/{image.pk}/{name}").status_code for name in ("160.avif", "320.webp")] == [404, 404]


def test_the_avif_of_a_work_that_is_not_published_is_its_curators_alone(client, media):
    image = prepared(artwork=factories.a_work(is_published=False))

    anonymous = client.get(f"/pictures/{image.pk}/480.avif")
    client.force_login(factories.a_user(curates=image.collection))
    own = client.get(f"/pictures/{image.pk}/480.avif")

    assert (anonymous.status_code, own.status_code) == (404, 200)
    assert own["Cache-Control"] == "private, no-store"


def test_the_command_that_checks_files_leaves_no_missing_avif_listed(media: Path):
    image = prepared()
    derivative_of(image, "480.avif").unlink()

    call_command("check_files", "--rebuild")

    image.refresh_from_db()
    assert image.avif_sides == [320, 1200]
    assert file_checks.last_of(image).problem == ""


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_bytes(b"garbage"), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "is damaged"),
        (lambda path: path.unlink(), "is missing"),
    ],
    ids=["garbage", "cut short", "deleted"],
)
def test_a_faulty_avif_is_found_and_made_again(media: Path, harm, words):
    image = prepared()
    good = derivative_of(image, "480.avif").read_bytes()
    harm(derivative_of(image, "480.avif"))

    found = file_checks.check(image)
    derivative_jobs.run()
    image.refresh_from_db()
    listed_meanwhile = image.avif_sides
    derivative_jobs.run_avif()

    image.refresh_from_db()
    assert (listed_meanwhile, image.avif_sides) == ([320, 1200], [320, 480, 1200])
    assert found is not None
    assert found.problem == f"1 of its 9 smaller copies cannot be used: 480.avif {words}."
    assert derivative_of(image, "480.avif").read_bytes() == good


def test_pictures_of_an_earlier_release_get_avif_without_a_command(media: Path):
    image = prepared()
    before = derivative_of(image, "480.webp").stat().st_mtime_ns
    for path in storage.derivatives(image.sha256).glob("*.avif"):
        path.unlink()
    ArtworkImage.objects.update(avif_sides=[])
    Job.objects.filter(key=job_queue.AVIF).delete()

    derivative_jobs.repair()
    derivative_jobs.run_avif()

    image.refresh_from_db()
    job = image.jobs.get(key=job_queue.AVIF)
    assert image.avif_sides == [320, 480, 1200]
    assert derivative_of(image, "480.avif").exists()
    assert derivative_of(image, "480.webp").stat().st_mtime_ns == before
    assert (job.state, job.priority) == (JobState.DONE, job_queue.BACKLOG_PRIORITY)


def test_avif_waits_until_the_other_derivatives_are_made(media: Path):
    image = added()

    derivative_jobs.repair()
    derivative_jobs.run_avif()

    assert image.jobs.get(key=job_queue.AVIF).state == JobState.PENDING


def test_avif_waits_while_derivatives_of_another_picture_wait(media: Path):
    image = added()
    derivative_jobs.run()
    other = added(factories.painted(4))

    derivative_jobs.run_avif()
    before = image.jobs.get(key=job_queue.AVIF).state
    derivative_jobs.run()
    derivative_jobs.run_avif()

    assert (before, image.jobs.get(key=job_queue.AVIF).state) == (JobState.PENDING, JobState.DONE)
    assert other.jobs.get(key=job_queue.AVIF).state == JobState.DONE


def test_pictures_that_share_a_file_share_its_avif(media: Path):
    first = prepared()
    second = prepared(artwork=factories.a_work(factories.a_collection()))

    assert list(ArtworkImage.objects.values_list("avif_sides", flat=True)) == [[320, 480, 1200]] * 2
    assert first.sha256 == second.sha256


@pytest.fixture
def _without_avif() -> Iterator[None]:
    """Make libvips unable to write AVIF, as if it had been built without it."""
    pyvips.operation_block_set("VipsForeignSaveHeif", True)
    avif.can_write.cache_clear()
    yield
    pyvips.operation_block_set("VipsForeignSaveHeif", False)
    avif.can_write.cache_clear()


@pytest.mark.usefixtures("_without_avif")
def test_a_libvips_without_avif_unlists_a_missing_file(media: Path):
    image = prepared()
    ArtworkImage.objects.update(avif_sides=[480])
    image.refresh_from_db()

    file_checks.check(image)
    derivative_jobs.run()

    image.refresh_from_db()
    assert image.avif_sides == []
    assert file_checks.last_of(image).problem == ""


@pytest.mark.usefixtures("_without_avif")
def test_a_libvips_without_avif_is_noted_once_and_the_rest_is_made(media: Path, caplog):
    image = prepared()
    prepared(factories.painted(4))
    derivative_jobs.repair()

    assert (image.is_ready, image.avif_sides) == (True, [])
    assert not Job.objects.filter(key=job_queue.AVIF).exists()
    assert caplog.text.count("libvips cannot write AVIF") == 1
