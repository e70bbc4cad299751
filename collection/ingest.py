"""Add pictures: check them, store the files, write the rows and jobs, then wake the workers.

There are two steps. `accept` checks a picture and writes its file; it needs no database, so it can run in threads.
`add_all` writes the rows of many pictures in one transaction. The file is written before the row, because a file
without a row is harmless, but a row without a file is not.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from collection import aliases, imaging, signals
from collection.audit.recording import Verb, record
from collection.files import storage
from collection.imaging.formats import recognise
from collection.imaging.limits import check_size
from collection.jobs import file_checks, job_queue, workers
from collection.models import Artwork, ArtworkImage, Collection


class AlreadyHeldError(ValueError):
    """The collection already has a picture with the same bytes: `image`. `is_restored` if its original was replaced.

    A merge may have moved the picture to another collection. The text does not name that collection, because it is for
    curators of this one. It is in English, see collection.files.refusal_texts.
    """

    def __init__(self, image: ArtworkImage, collection: Collection, *, is_restored: bool = False) -> None:
        super().__init__(aliases.held_as(image, collection))
        self.image = image
        self.is_restored = is_restored


@dataclass(frozen=True)
class NewPicture:
    data: bytes
    name: str  # the uploader's file name; used only to refuse dangerous names
    view_label: str = ""
    accepts_damage: bool = False  # only for imports by the owner of the files


@dataclass(frozen=True)
class Accepted:
    """A checked picture. `add_all` requires that its file is stored.

    is_written: no whole file with these bytes was stored before, so a damaged one of other pictures may be healed.
    """

    checked: imaging.CheckedImage
    name: str
    view_label: str = ""
    is_written: bool = False


@dataclass(frozen=True)
class Arrival:
    """An accepted picture that will become the last view of a saved work."""

    artwork: Artwork
    picture: Accepted


def limits() -> imaging.Limits:
    """Return the limits on uploads, from the settings."""
    return imaging.Limits(
        size_mib=settings.KINDRED_UPLOAD_LIMIT_MIB,
        pixels_mp=settings.KINDRED_PIXEL_LIMIT_MP,
        side_ratio=settings.KINDRED_SIDE_RATIO_LIMIT,
    )


def digest(data: bytes) -> str:
    """Return the sha256 of a file as 64 hex digits, as in ArtworkImage.sha256."""
    return hashlib.sha256(data).hexdigest()


def check_label(name: str, size_bytes: int) -> None:
    """Raise imaging.Refused if the name or the size is refused, before the file is read."""
    imaging.check_name(name)
    check_size(size_bytes, limits())


def check(picture: NewPicture) -> Accepted:
    """Check a picture without storing it. Raise imaging.Refused, with a sentence for the uploader."""
    check_label(picture.name, len(picture.data))
    return Accepted(
        imaging.check(picture.data, replace(limits(), accepts_damage=picture.accepts_damage)),
        picture.name,
        picture.view_label,
    )


def accept(picture: NewPicture) -> Accepted:
    """Check a picture and store its file. Raise imaging.Refused, or OSError if the file cannot be written."""
    accepted = check(picture)
    is_written = storage.keep(picture.data, accepted.checked.sha256, accepted.checked.extension)
    return replace(accepted, is_written=is_written)


def restore(data: bytes, sha256: str) -> bool:
    """Replace the original of a picture that has these bytes if it is damaged or missing. Return True if it was.

    It needs no database. Call `note_restored` afterwards. Raise OSError if the file cannot be written.
    """
    return storage.restore(data, sha256, recognise(data).extension)


def pictures_of(digests: Iterable[str]) -> list[ArtworkImage]:
    """Return the pictures of all collections that share these files."""
    return list(ArtworkImage.objects.filter(sha256__in=list(digests)).order_by("pk"))


def note_restored(images: Iterable[ArtworkImage]) -> None:
    """Record that originals were replaced, check their pictures, and repeat failed jobs. Call outside a transaction."""
    shared = {image.sha256: image for image in images}
    for image in shared.values():
        record(Verb.RESTORED, image)
        file_checks.check(image)
    again = pictures_of(shared)
    job_queue.retry_failed(again)
    announce(again)


def held(collection: Collection, digests: Iterable[str]) -> dict[str, ArtworkImage]:
    """Return the pictures of the collection with these sha256 digests, by digest, each with its work.

    A picture that a merge moved to a work of another collection counts as held.
    """
    wanted = list(digests)
    images = ArtworkImage.objects.filter(collection=collection, sha256__in=wanted).select_related("artwork")
    return {image.sha256: image for image in [*aliases.moved_away(collection, wanted), *images]}


def lock(collections: Iterable[Collection]) -> None:
    """Lock collections until the transaction ends, so that no two sessions take the same position or number."""
    pks = {collection.pk for collection in collections}
    rows = Collection.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


@transaction.atomic
def add_all(
    arrivals: Sequence[Arrival], *, priority: int = job_queue.UPLOAD_PRIORITY
) -> list[ArtworkImage | AlreadyHeldError]:
    """Add the arrivals. Return for each its new row, or an error with the picture that has its bytes already."""
    lock(arrival.artwork.collection for arrival in arrivals)
    known = known_to(arrivals)
    free = next_positions({arrival.artwork.pk for arrival in arrivals})
    outcomes: list[ArtworkImage | AlreadyHeldError] = []
    for arrival in arrivals:
        key = (arrival.artwork.collection_id, arrival.picture.checked.sha256)
        if key in known:
            outcomes.append(AlreadyHeldError(known[key], arrival.artwork.collection))
            continue
        known[key] = new_row(arrival, free[arrival.artwork.pk])
        free[arrival.artwork.pk] += 1
        outcomes.append(known[key])
    images = [outcome for outcome in outcomes if isinstance(outcome, ArtworkImage)]
    ArtworkImage.objects.bulk_create(images)
    announce(images, priority=priority)
    return outcomes


def known_to(arrivals: Iterable[Arrival]) -> dict[tuple[int, str], ArtworkImage]:
    """Return the pictures that have the bytes of an arrival already, by collection and digest."""
    files: dict[Collection, set[str]] = {}
    for arrival in arrivals:
        files.setdefault(arrival.artwork.collection, set()).add(arrival.picture.checked.sha256)
    return {
        (collection.pk, sha256): image
        for collection, digests in files.items()
        for sha256, image in held(collection, digests).items()
    }


def next_positions(artwork_pks: Iterable[int]) -> dict[int, int]:
    """Return the position of the next view of each work."""
    taken = ArtworkImage.objects.filter(artwork__in=artwork_pks).order_by().values_list("artwork")
    last: Mapping[int, int] = dict(taken.annotate(Max("position")))
    return {pk: last[pk] + 1 if pk in last else 0 for pk in artwork_pks}


def new_row(arrival: Arrival, position: int) -> ArtworkImage:
    checked = arrival.picture.checked
    return ArtworkImage(
        artwork=arrival.artwork,
        collection=arrival.artwork.collection,
        position=position,
        view_label=arrival.picture.view_label,
        original_name=arrival.picture.name[-255:],
        sha256=checked.sha256,
        pixel_digest=checked.pixel_digest,
        format=checked.format,
        extension=checked.extension,
        size_bytes=checked.size_bytes,
        width_px=checked.width_px,
        height_px=checked.height_px,
    )


def announce(images: Sequence[ArtworkImage], *, priority: int = job_queue.UPLOAD_PRIORITY) -> None:
    """Add the jobs of these pictures, and notify other apps, inside the transaction that adds the pictures.

    Jobs that exist stay as they are, so this can also wake workers for pictures that were announced before.
    """
    if not images:
        return
    for key, task_name in (
        (job_queue.DERIVATIVES, workers.MAKE_DERIVATIVES),
        (job_queue.PYRAMID, workers.MAKE_PYRAMIDS),
    ):
        job_queue.add(images, key, priority=priority)
        workers.wake_after_commit(task_name)
    signals.images_added.send(sender=ArtworkImage, images=list(images), priority=priority)
