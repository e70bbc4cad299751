"""The palette of a picture is read with its derivatives, also again for pictures of an earlier release."""

from pathlib import Path

import pytest

from collection import ingest
from collection.files import storage
from collection.imaging.palette import colour_cells
from collection.jobs import derivative_jobs, job_queue
from collection.models import ArtworkImage, Job, JobState
from tests import factories

pytestmark = pytest.mark.django_db


def added() -> ArtworkImage:
    """Return a picture whose derivatives are still to be made."""
    return factories.add_picture(factories.a_work(), ingest.NewPicture(factories.painted(5), "5.jpg"))


def test_a_picture_that_is_ready_has_a_palette_and_is_found_by_each_of_its_colours(media: Path):
    image = added()

    derivative_jobs.run()

    image.refresh_from_db()
    assert image.is_ready
    assert 1 <= len(image.colours) <= 5
    assert 0.9 < sum(colour.share for colour in image.colours) <= 1.001
    for colour in image.colours:
        near = colour_cells.cells_near(colour.hex, colour_cells.TOLERANCES["narrow"])
        assert ArtworkImage.objects.filter(colour_cells__overlap=near).get() == image


def test_pictures_of_an_earlier_release_get_their_palettes_without_a_command(media: Path):
    image = added()
    derivative_jobs.run()
    ArtworkImage.objects.update(palette=[], colour_cells=[])
    Job.objects.filter(key=job_queue.PALETTE).delete()
    storage.original(image.sha256, image.extension).unlink()  # the smallest derivative is enough

    derivative_jobs.repair()
    derivative_jobs.run_palettes()

    image.refresh_from_db()
    assert image.colours
    assert image.colour_cells
    assert image.jobs.get(key=job_queue.PALETTE).state == JobState.DONE


def test_a_picture_without_derivatives_waits_for_them(media: Path):
    image = added()

    derivative_jobs.repair()
    derivative_jobs.run_palettes()
    assert image.jobs.get(key=job_queue.PALETTE).state == JobState.PENDING

    derivative_jobs.run()
    image.refresh_from_db()
    assert image.colours
