"""Rows (and, where asked, real files) for tests: plain functions with sensible defaults, all of it overridable."""

import io
import itertools

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from PIL import Image, ImageDraw

from collection import ingest
from collection.files import storage
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, Collection, Step, StepState

PASSWORD = "a password for tests"

numbers = itertools.count(1)


def a_user(name: str = "", *, curates: Collection | None = None, is_superuser: bool = False) -> User:
    """Somebody who can sign in with PASSWORD; a curator of that collection, if one is given."""
    name = name or f"user{next(numbers)}"
    user = get_user_model().objects.create_user(
        name, password=PASSWORD, is_superuser=is_superuser, is_staff=is_superuser
    )
    if curates is not None:
        curates.curators.add(user)
    return user


def a_collection(**fields: object) -> Collection:
    """A public collection."""
    number = next(numbers)
    return Collection.objects.create(**{"slug": f"collection-{number}", "title": f"Collection {number}", **fields})


def a_work(collection: Collection | None = None, **fields: object) -> Artwork:
    """A published work without pictures, in a public collection of its own unless one is given."""
    number = next(numbers)
    defaults = {"accession_number": f"1900.{number}", "title": f"Work {number}", "is_published": True}
    return Artwork.objects.create(collection=collection or a_collection(), **{**defaults, **fields})


def an_image(artwork: Artwork | None = None, *, is_ready: bool = True, **fields: object) -> ArtworkImage:
    """A picture's row without any file; is_ready: its derivatives are noted as made."""
    artwork = artwork or a_work()
    digest = f"{next(numbers):064x}"
    defaults = {
        "position": artwork.images.count(),
        "sha256": digest,
        "pixel_digest": digest,
        "format": "JPEG",
        "extension": "jpg",
        "size_bytes": 1_000,
        "width_px": 1_600,
        "height_px": 1_200,
        "original_name": "picture.jpg",
    }
    image = ArtworkImage.objects.create(artwork=artwork, collection=artwork.collection, **{**defaults, **fields})
    note_derivatives(image, StepState.DONE if is_ready else StepState.PENDING)
    return image


def a_painted_image(artwork: Artwork | None = None, *, seed: int | None = None) -> ArtworkImage:
    """A picture with its real file and real derivatives under MEDIA_ROOT (ask for the fixture `media`)."""
    from collection.files import derivatives

    artwork = artwork or a_work()
    number = next(numbers) if seed is None else seed
    image = ingest.add(artwork, ingest.NewPicture(painted(number), f"painted-{number}.jpg"))
    derivatives.make(
        storage.original(image.sha256, image.extension), storage.derivatives(image.sha256), storage.SIDES_PX
    )
    note_derivatives(image, StepState.DONE)
    return image


def note_derivatives(image: ArtworkImage, state: StepState) -> None:
    Step.objects.update_or_create(image=image, key=job_queue.DERIVATIVES, defaults={"state": state})


def painted(seed: int, size: tuple[int, int] = (640, 480)) -> bytes:
    """A small JPEG, different for every seed: three coloured discs on a coloured ground."""
    width_px, height_px = size
    picture = Image.new("RGB", size, colour(seed))
    draw = ImageDraw.Draw(picture)
    for disc in range(1, 4):
        x_px, y_px = (seed * 97 * disc) % width_px, (seed * 61 * disc) % height_px
        radius_px = 40 + (seed * 13 * disc) % 120
        box = (x_px - radius_px, y_px - radius_px, x_px + radius_px, y_px + radius_px)
        draw.ellipse(box, fill=colour(seed + 7 * disc))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def colour(seed: int) -> tuple[int, int, int]:
    return (seed * 53) % 256, (seed * 101 + 80) % 256, (seed * 151 + 160) % 256
