"""Pictures with tiled copies, and answers of the image service as pictures."""

from functools import cache
from io import BytesIO
from pathlib import Path

from django.http import HttpResponseBase
from django.test import Client
from PIL import Image

from collection import ingest
from collection.files import pyramids
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, JobState
from tests import factories, pictures

OFFICIAL = Path(__file__).resolve().parents[4] / "shared/validators/iiif/67352ccc-d1b0-11e1-89ae-279075081939.png"


@cache
def scene(size: tuple[int, int]) -> bytes:
    return pictures.packed(pictures.painted(*size), "PNG", compress_level=1)


def a_zoomable(
    work: Artwork | None = None, data: bytes | None = None, size: tuple[int, int] = (1500, 1000)
) -> ArtworkImage:
    """A published picture with a file, derivatives noted as made, and a tiled copy. Use the fixture `media`."""
    data = scene(size) if data is None else data
    image = factories.add_picture(work or factories.a_work(), ingest.NewPicture(data, "picture.png"))
    factories.note_derivatives(image, JobState.DONE)
    make_tiles(image)
    return image


def make_tiles(image: ArtworkImage) -> None:
    image = ArtworkImage.objects.select_related("artwork__collection").get(pk=image.pk)
    pyramids.make(image)
    image.jobs.filter(key=job_queue.PYRAMID).update(state=JobState.DONE)


def body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def asked(image: ArtworkImage, parameters: str, client: Client | None = None) -> HttpResponseBase:
    """Return the answer to /iiif/3/<id>/<parameters>."""
    return (client or Client()).get(f"/iiif/3/{image.pk}/{parameters}")


def shown(image: ArtworkImage, parameters: str) -> Image.Image:
    """Return the answer as a picture. Fail if it is none."""
    answer = asked(image, parameters)
    assert answer.status_code == 200, answer.content
    return Image.open(BytesIO(body(answer)))
