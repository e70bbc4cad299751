"""Receive a curator's files: each becomes a picture of a work, or a stored refusal with its reason."""

import itertools
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile as SentFile
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from collection import aliases, imaging, ingest
from collection.audit.recording import Verb, entry, record
from collection.files import file_names, storage
from collection.imaging.refusals import gettext_noop
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, AuditEntry, Collection, Upload, UploadedFile

logger = logging.getLogger(__name__)

UNNUMBERED_CHARS = file_names.NUMBER_LIMIT_CHARS - 10  # the part of a number that file_names.numbered never shortens
# Texts of refusals are stored in English.
NOT_STORED = gettext_noop(
    "This file could not be stored, because of a fault on our side. Please send it again a little later."
)
FULL = gettext_noop(
    "The disk of this site is full. Please tell its administrators, and send this again once there is space."
)
READ_ONLY = gettext_noop(
    "This site cannot write to its disk now. Please tell its administrators, and send this again later."
)
RESTORED = gettext_noop("The stored original of this file was damaged or missing. It has been replaced by this one.")
MERGED = gettext_noop(
    "%(work)s was merged into %(kept)s. To add this picture to %(kept)s, name the file by that number."
)
MERGED_ELSEWHERE = gettext_noop("%(work)s was merged into a record of another collection. Upload this picture there.")


class NotStoredError(Exception):
    """A file could not be stored, because the disk or the database failed. The text is in English."""

    def __init__(self, name: str, error: OSError | DatabaseError) -> None:
        super().__init__(sentence_for(error))
        self.name = name


class MergedNumberError(ValueError):
    """A file was named by the number of a record that was merged into another one. The text is in English."""

    def __init__(self, alias: Artwork) -> None:
        kept = aliases.name_of_kept(alias)
        text = MERGED if kept else MERGED_ELSEWHERE
        super().__init__(text % {"work": alias.accession_number, "kept": kept})


def sentence_for(error: OSError | DatabaseError) -> str:
    """Return what to tell a curator about a failure of the disk or the database, in English."""
    if isinstance(error, OSError) and error.errno in storage.FULL:
        return FULL
    if isinstance(error, OSError) and storage.is_at_fault(error):
        return READ_ONLY
    return NOT_STORED


@dataclass(frozen=True)
class UploadOptions:
    publishes: bool = False  # publish new works at once
    adds_views: bool = False  # add files to the works whose accession numbers they are named by


def receive(upload: Upload, files: Iterable[SentFile], options: UploadOptions) -> list[UploadedFile]:
    """Take each file separately. A file that fails does not affect the others.

    Raise NotStoredError if every file failed because of the disk or the database. Nothing is stored then.
    """
    taken = [take(upload, file, options) for file in files]
    faults = [outcome for outcome in taken if isinstance(outcome, NotStoredError)]
    if faults and len(faults) == len(taken):
        raise faults[0]
    return [outcome if isinstance(outcome, UploadedFile) else refused(upload, outcome) for outcome in taken]


def refused(upload: Upload, fault: NotStoredError) -> UploadedFile:
    return upload.files.create(name=fault.name, refusal=str(fault))


def take(upload: Upload, file: SentFile, options: UploadOptions) -> UploadedFile | NotStoredError:
    name = (file.name or "")[-255:]
    try:
        return bring_in(upload, name, file, options)
    except ingest.AlreadyHeldError as error:
        note = RESTORED if error.is_restored else ""
        return upload.files.create(name=name, image=error.image, refusal=str(error), note=note)
    except (imaging.Refused, MergedNumberError) as refusal:
        return upload.files.create(name=name, refusal=str(refusal))
    except (OSError, DatabaseError) as error:
        logger.exception("Could not store %s of upload %s", name, upload.pk)
        return NotStoredError(name, error)


def bring_in(upload: Upload, name: str, file: SentFile, options: UploadOptions) -> UploadedFile:
    """Store one file. Raise imaging.Refused, AlreadyHeldError, OSError or DatabaseError without leaving any rows."""
    collection = upload.collection
    ingest.check_label(name, file.size or 0)  # before a file that is too large is read
    data = file.read()
    for image in ingest.held(collection, [ingest.digest(data)]).values():  # before it is decoded
        is_restored = ingest.restore(data, image.sha256)
        if is_restored:
            ingest.note_restored([image])
        raise ingest.AlreadyHeldError(image, collection, is_restored=is_restored)
    picture = ingest.accept(ingest.NewPicture(data, name))
    restored = ingest.pictures_of([picture.checked.sha256]) if picture.is_written else []
    with transaction.atomic():
        ingest.lock([collection])
        work = work_for(collection, name, options)
        (outcome,) = ingest.add_all([ingest.Arrival(work, picture)])
        if isinstance(outcome, ingest.AlreadyHeldError):  # another upload was faster; the error undoes the new work too
            raise outcome
        record(Verb.UPLOADED, work, detail={"file": name, "picture": outcome.pk, "upload": upload.pk})
        added = upload.files.create(name=name, image=outcome, note=RESTORED if restored else "")
    ingest.note_restored(restored)
    return added


def work_for(collection: Collection, filename: str, options: UploadOptions) -> Artwork:
    """Return a new work named by its file or, with `adds_views`, the work whose number is the name of the file.

    Raise MergedNumberError if that work is an alias: nobody has looked at the kept work with this picture in mind.
    """
    stem = PurePath(filename).stem
    number = file_names.accession_number(stem)
    if options.adds_views:
        work = Artwork.objects.filter(collection=collection, accession_number=number).first()
        if work is not None and work.merged_into_id is not None:
            raise MergedNumberError(work)
        if work is not None:
            return work
    return Artwork.objects.create(
        collection=collection,
        accession_number=free_number(collection, number),
        title=file_names.title(stem),
        is_published=options.publishes,
    )


def free_number(collection: Collection, number: str) -> str:
    """Return the number itself, or with the first suffix that no work of the collection has yet. One query."""
    works = Artwork.objects.filter(collection=collection, accession_number__startswith=number[:UNNUMBERED_CHARS])
    taken = set(works.values_list("accession_number", flat=True))
    return next(found for count in itertools.count(1) if (found := file_names.numbered(number, count)) not in taken)


def images_of(upload: Upload) -> QuerySet[ArtworkImage]:
    """Return the pictures that this upload added, without those that the collection had already."""
    return ArtworkImage.objects.filter(pk__in=upload.files.filter(refusal="").values("image"))


@transaction.atomic
def publish(upload: Upload) -> int:
    """Publish the works of an upload. Return how many were drafts."""
    drafts = Artwork.objects.filter(pk__in=images_of(upload).values("artwork"), is_published=False)
    drafts = drafts.filter(collection=upload.collection_id, merged_into=None)  # a merge may have moved a picture
    published = list(drafts.order_by("pk").select_for_update(no_key=True))
    AuditEntry.objects.bulk_create(entry(Verb.PUBLISHED, work, detail={"upload": upload.pk}) for work in published)
    return Artwork.objects.filter(pk__in=[work.pk for work in published]).update(is_published=True)


@transaction.atomic
def retry(upload: Upload) -> int:
    """Put failed jobs of an upload back in the queue, and wake the workers. Return the number of jobs."""
    images = list(images_of(upload))
    count = job_queue.retry_failed(images)
    ingest.announce(images)
    return count
