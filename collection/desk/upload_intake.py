"""Receive a curator's files: each becomes a picture of a work, or a stored refusal with its reason."""

import itertools
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile as SentFile
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from collection import imaging, ingest
from collection.audit.recording import Verb, entry, record
from collection.files import file_names
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, AuditEntry, Collection, Upload, UploadedFile

logger = logging.getLogger(__name__)

UNNUMBERED_CHARS = file_names.NUMBER_LIMIT_CHARS - 10  # the part of a number that file_names.numbered never shortens
NOT_STORED = "This file could not be stored, because of a fault on our side. Please send it again a little later."


@dataclass(frozen=True)
class UploadOptions:
    publishes: bool = False  # publish new works at once
    adds_views: bool = False  # add files to the works whose accession numbers they are named by


def receive(upload: Upload, files: Iterable[SentFile], options: UploadOptions) -> list[UploadedFile]:
    """Take each file separately. A file that fails does not affect the others."""
    return [take(upload, file, options) for file in files]


def take(upload: Upload, file: SentFile, options: UploadOptions) -> UploadedFile:
    name = (file.name or "")[-255:]
    try:
        return bring_in(upload, name, file, options)
    except ingest.AlreadyHeldError as error:
        return upload.files.create(name=name, image=error.image, refusal=str(error))
    except imaging.Refused as refusal:
        return upload.files.create(name=name, refusal=str(refusal))
    except (OSError, DatabaseError):
        logger.exception("Could not store %s of upload %s", name, upload.pk)
        return upload.files.create(name=name, refusal=NOT_STORED)


def bring_in(upload: Upload, name: str, file: SentFile, options: UploadOptions) -> UploadedFile:
    """Store one file. Raise imaging.Refused, AlreadyHeldError, OSError or DatabaseError without leaving any rows."""
    collection = upload.collection
    ingest.check_label(name, file.size or 0)  # before a file that is too large is read
    data = file.read()
    for image in ingest.held(collection, [ingest.digest(data)]).values():  # before it is decoded
        raise ingest.AlreadyHeldError(image)
    picture = ingest.accept(ingest.NewPicture(data, name))
    with transaction.atomic():
        ingest.lock([collection])
        work = work_for(collection, name, options)
        (outcome,) = ingest.add_all([ingest.Arrival(work, picture)])
        if isinstance(outcome, ingest.AlreadyHeldError):  # another upload was faster; the error undoes the new work too
            raise outcome
        record(Verb.UPLOADED, work, detail={"file": name, "picture": outcome.pk, "upload": upload.pk})
        return upload.files.create(name=name, image=outcome)


def work_for(collection: Collection, filename: str, options: UploadOptions) -> Artwork:
    """Return a new work named by its file or, with `adds_views`, the work whose number is the name of the file."""
    stem = PurePath(filename).stem
    number = file_names.accession_number(stem)
    if options.adds_views:
        work = Artwork.objects.filter(collection=collection, accession_number=number).first()
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
