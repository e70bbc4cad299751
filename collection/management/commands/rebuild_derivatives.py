"""Make the smaller copies of pictures again."""

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize

from collection.jobs import job_queue, rebuilding
from collection.models import ArtworkImage, Collection

BATCH = 1_000


class Command(BaseCommand):
    help = "Queues the smaller copies of pictures to be made again. CPU workers make them, after those of uploads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pictures", nargs="*", type=int, help="numbers of pictures, as in /pictures/12/480.webp")
        parser.add_argument("--collection", metavar="SLUG", help="all pictures of a collection")
        parser.add_argument(
            "--tiles", action="store_true", help="make the tiled copies for enlarging, not the smaller copies"
        )
        parser.add_argument("--all", action="store_true", dest="is_all", help="all pictures")

    def handle(self, *, pictures: list[int], collection: str | None, is_all: bool, tiles: bool, **_: Any) -> None:
        if [bool(pictures), bool(collection), is_all].count(True) != 1:
            raise CommandError("Name either numbers of pictures, or --collection SLUG, or --all.")
        rows = chosen(pictures, collection).order_by("pk").iterator(BATCH)
        count, what = 0, "tiles" if tiles else "smaller copies"
        while batch := list(islice(rows, BATCH)):
            count += rebuilding.queue(batch, job_queue.PYRAMID if tiles else job_queue.DERIVATIVES)
        self.stdout.write(f"{count:,} picture{pluralize(count, ' is,s are')} queued. Workers make the {what}.")


def chosen(pictures: list[int], collection: str | None) -> QuerySet[ArtworkImage]:
    """Return the pictures with these numbers, or of a collection, or all. Raise CommandError for unknown ones."""
    images = ArtworkImage.objects.all()
    if pictures:
        images = images.filter(pk__in=pictures)
        unknown = sorted(set(pictures) - set(images.values_list("pk", flat=True)))
        if unknown:
            raise CommandError(f"There is no picture with the number {unknown[0]}.")
    if collection:
        if not Collection.objects.filter(slug=collection).exists():
            raise CommandError(f"There is no collection {collection}.")
        images = images.filter(collection__slug=collection)
    return images
