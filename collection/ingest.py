"""The one door by which pictures come in: checked, kept on disk, noted in the database; then the bell rings."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from collection import bell, imaging, signals, steps, storage, tasks
from collection.models import Artwork, ArtworkImage, Collection


class AlreadyHeldError(ValueError):
    """The collection holds these very bytes; `image` is the picture that shows them."""

    def __init__(self, image: ArtworkImage) -> None:
        super().__init__(f"This file is already held as {image.artwork.accession_number}.")
        self.image = image


@dataclass(frozen=True)
class NewPicture:
    data: bytes
    name: str  # as the uploader called it; decides nothing but what we refuse by name
    view_label: str = ""


def limits() -> imaging.Limits:
    """What uploads are held to, from the settings."""
    return imaging.Limits(
        size_mib=settings.KINDRED_UPLOAD_LIMIT_MIB,
        pixels_mp=settings.KINDRED_PIXEL_LIMIT_MP,
        side_ratio=settings.KINDRED_SIDE_RATIO_LIMIT,
    )


def check(collection: Collection, picture: NewPicture) -> imaging.CheckedImage:
    """Raises imaging.Refused or AlreadyHeldError, both with a sentence for the uploader; stores nothing."""
    imaging.check_name(picture.name)
    checked = imaging.check(picture.data, limits())
    held = ArtworkImage.objects.filter(collection=collection, sha256=checked.sha256).select_related("artwork")
    if image := held.first():
        raise AlreadyHeldError(image)
    return checked


def add(artwork: Artwork, picture: NewPicture) -> ArtworkImage:
    """Adds a picture as the last view of a saved work. Raises imaging.Refused or AlreadyHeldError."""
    checked = check(artwork.collection, picture)
    return add_checked(artwork, picture, checked)


def add_checked(artwork: Artwork, picture: NewPicture, checked: imaging.CheckedImage) -> ArtworkImage:
    """File first, then the row: a file without a row is harmless, a row without a file is not."""
    storage.keep(picture.data, checked.sha256, checked.extension)
    try:
        with transaction.atomic():
            image = create_row(artwork, picture, checked)
            announce([image])
    except IntegrityError:  # the same file came in twice at once, and the other was first
        held = ArtworkImage.objects.filter(collection=artwork.collection, sha256=checked.sha256)
        if other := held.select_related("artwork").first():
            raise AlreadyHeldError(other) from None
        raise
    return image


def create_row(artwork: Artwork, picture: NewPicture, checked: imaging.CheckedImage) -> ArtworkImage:
    Artwork.objects.select_for_update().get(pk=artwork.pk)  # two views added at once get two positions
    last = artwork.images.aggregate(last=Max("position"))["last"]
    return ArtworkImage.objects.create(
        artwork=artwork,
        collection=artwork.collection,
        position=0 if last is None else last + 1,
        view_label=picture.view_label,
        original_name=picture.name[-255:],
        sha256=checked.sha256,
        pixel_digest=checked.pixel_digest,
        format=checked.format,
        extension=checked.extension,
        size_bytes=checked.size_bytes,
        width_px=checked.width_px,
        height_px=checked.height_px,
    )


def announce(images: Sequence[ArtworkImage]) -> None:
    """Notes what these new pictures need, here and in the rooms that listen; inside their transaction."""
    steps.add(images, tasks.DERIVATIVES)
    bell.ring_after_commit(tasks.make_derivatives)
    signals.images_added.send(sender=ArtworkImage, images=list(images))
