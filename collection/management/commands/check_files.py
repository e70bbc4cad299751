"""Read all files of pictures, and report those that are damaged or missing."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from collection.jobs import derivative_jobs, file_checks, job_queue, rebuilding
from collection.models import ArtworkImage, FileCheck, FileState, Job

POLL_S = 0.5
BATCH = 1_000  # pictures that are made again at once, so that memory does not grow with the collection
REPAIR = "To repair an original, upload or import the same file again, or restore it from a backup; then check again."
REBUILD = "To make damaged smaller copies again, run check_files --rebuild."


class Command(BaseCommand):
    help = (
        "Compares the size and SHA-256 of originals with those of their upload, and decodes all smaller copies."
        " The exit code is 1 if something is damaged or missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="check N pictures chosen at random")
        parser.add_argument(
            "--rebuild", action="store_true", help="make damaged or missing smaller copies again, and check them again"
        )

    def handle(self, *, sample: int | None, rebuild: bool, **_: Any) -> None:
        if sample is not None and sample < 1:
            raise CommandError("--sample must be 1 or more.")
        images = ArtworkImage.objects.order_by("pk") if sample is None else ArtworkImage.objects.order_by("?")[:sample]
        try:
            count, found = examined(images)
            if rebuild:
                found = [one for batch in batches(found) for one in rebuilt(batch)]
        except OSError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count:,} picture{pluralize(count)} checked, {len(found):,} with a problem.")
        if found:
            self.report(found)
            sys.exit(1)

    def report(self, found: Sequence[int]) -> None:
        """Write a table of problems, and what heals them."""
        self.stdout.write(f"\n{'picture':>8}  {'collection':<20}  {'work':<20}  problem")
        states = set()
        for one in results(found):
            image = one.image
            states.add(one.original)
            names = f"{image.collection.slug[:20]:<20}  {image.artwork.accession_number[:20]:<20}"
            self.stdout.write(f"{image.pk:>8}  {names}  {one.problem}")
        self.stdout.write()
        if states - {FileState.WHOLE}:
            self.stdout.write(REPAIR)
        if FileState.WHOLE in states:
            self.stdout.write(REBUILD)


def examined(images: QuerySet[ArtworkImage]) -> tuple[int, list[int]]:
    """Check pictures with a progress bar. Return how many, and the ids of those with a problem."""
    found, count = [], 0
    bar = tqdm(images.iterator(chunk_size=500), total=images.count(), unit="picture", disable=None, file=sys.stderr)
    for result in file_checks.check_all(bar, rebuilds=False):
        count += 1
        if result.problem:
            found.append(result.image_id)
    return count, found


def rebuild_all(images: Sequence[ArtworkImage]) -> None:
    """Make the derivatives of these pictures again, in this process and in the workers. Return when all have ended.

    Workers make the AVIF files later. Until then pages do not list those that are damaged or missing.
    """
    rebuilding.queue(images)
    jobs = Job.objects.filter(image__in=images, key=job_queue.DERIVATIVES, state__in=job_queue.UNFINISHED)
    while jobs.exists():
        if job_queue.is_waiting(job_queue.DERIVATIVES):
            derivative_jobs.run()
        else:
            time.sleep(POLL_S)  # a worker has claimed the rest


def rebuilt(ids: Sequence[int]) -> list[int]:
    """Make derivatives again where the original is whole. Return the ids of pictures that still have a problem."""
    rebuild_all([one.image for one in results(ids) if one.original == FileState.WHOLE])
    checked = file_checks.check_all((one.image for one in results(ids)), rebuilds=False)
    return [one.image_id for one in checked if one.problem]


def results(ids: Sequence[int]) -> Iterator[FileCheck]:
    """Yield the last results of these pictures by id, a batch at a time."""
    for batch in batches(ids):
        known = FileCheck.objects.filter(image__in=batch).order_by("image")
        yield from known.select_related("image__collection", "image__artwork")


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
