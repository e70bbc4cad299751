"""The palette of a picture is read with its derivatives, also again for pictures of an earlier release."""

from pathlib import Path

import pytest
from django.core.management import call_command

from collection import ingest
from collection.imaging.palette import colour_cells
from collection.jobs import derivative_jobs
from collection.models import ArtworkImage
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


def test_palettes_are_read_again_when_derivatives_are_rebuilt(media: Path):
    image = added()
    derivative_jobs.run()
    ArtworkImage.objects.update(palette=[], colour_cells=[])

    call_command("rebuild_derivatives", "--all")
    derivative_jobs.run()

    image.refresh_from_db()
    assert image.colours
    assert image.colour_cells
