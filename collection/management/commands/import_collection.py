"""Import a folder of pictures, with or without a table, into a collection."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from collection.importing import importer, report
from collection.importing.mapping import Entry
from collection.importing.reading import MetadataError
from collection.models import Collection

USUAL_TABLES = ("metadata.csv", "metadata.tsv", "metadata.jsonl")
UNUSABLE = 2  # exit code if the import could not start
INTERRUPTED = 130  # exit code after Ctrl-C, as in a shell
GO_ON = "Run it again to continue; nothing is imported twice."


class Command(BaseCommand):
    help = (
        "Import a folder of pictures. Without a table each picture file becomes a work. "
        "Safe to run again: pictures are recognised by their content, and changed metadata are updated. "
        "Exit code 1 if any row was refused, 2 if the import could not start."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--collection", required=True, metavar="SLUG", help="the collection; created if missing")
        parser.add_argument("--metadata", type=Path, metavar="FILE", help="default: metadata.csv in the folder")
        parser.add_argument("--title", default="", help="title of a new collection")
        parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
        parser.add_argument(
            "--accept-damaged", action="store_true", help="store damaged pictures as far as they can be decoded"
        )
        shown = parser.add_mutually_exclusive_group()
        shown.add_argument("--publish", dest="publish", action="store_true", default=True, help="publish new works")
        shown.add_argument("--draft", dest="publish", action="store_false", help="leave new works unpublished")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.", returncode=UNUSABLE)
        entries = self.entries(folder, options["metadata"] or usual_table(folder))
        collection = collection_for(options["collection"], options["title"], is_rehearsal=options["dry_run"])
        target = importer.target_for(
            collection,
            publishes=options["publish"],
            is_rehearsal=options["dry_run"],
            accepts_damage=options["accept_damaged"],
        )
        try:
            with progress(len(entries), self.stderr.write) as show_progress:
                found = importer.run(folder, entries, target, show_progress)
        except (OSError, DatabaseError, MetadataError) as error:  # MetadataError: the table changed meanwhile
            raise CommandError(f"Stopped: {error}. {GO_ON}") from error
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {GO_ON}", returncode=INTERRUPTED) from None
        self.finish(found, options["collection"])

    def entries(self, folder: Path, table: Path | None) -> Sequence[Entry]:
        try:
            entries = importer.entries_of(folder, table)
        except MetadataError as error:
            raise CommandError(str(error), returncode=UNUSABLE) from None
        except OSError as error:
            raise CommandError(f"{table} cannot be read: {error.strerror}.", returncode=UNUSABLE) from None
        if not entries:
            raise CommandError(f"There is nothing to import in {table or folder}.", returncode=UNUSABLE)
        return entries

    def finish(self, found: report.Report, slug: str) -> None:
        for line in report.in_words(found):
            self.stdout.write(line)
        if not found.is_rehearsal:
            stamp = timezone.now().strftime("%Y%m%d-%H%M%S")
            path = Path(settings.KINDRED_HOME, "reports", f"import-{slug}-{stamp}.csv")
            report.write(found, path)
            self.stdout.write(f"Every row: {path}")
        if found.refused.count:
            sys.exit(1)


def usual_table(folder: Path) -> Path | None:
    return next((folder / name for name in USUAL_TABLES if (folder / name).is_file()), None)


def collection_for(slug: str, title: str, *, is_rehearsal: bool) -> Collection:
    """Return the collection of that slug. A new one is public; a dry run does not save it."""
    try:
        validate_slug(slug)
    except ValidationError:
        raise CommandError("--collection should be letters, digits and hyphens.", returncode=UNUSABLE) from None
    if found := Collection.objects.filter(slug=slug).first():
        return found
    collection = Collection(slug=slug, title=title or slug.replace("-", " ").replace("_", " ").capitalize())
    if not is_rehearsal:
        collection.save()
    return collection


@contextmanager
def progress(total: int, write: Callable[[str], object]) -> Iterator[importer.ShowProgress]:
    """Show a progress bar on a terminal; elsewhere write a line for each tenth of the rows."""
    if sys.stderr.isatty():
        with tqdm(total=total, unit=" pictures") as bar:
            yield bar.update
        return
    done = 0

    def show_progress(count: int) -> None:
        nonlocal done
        before, done = done, done + count
        if done * 10 // total > before * 10 // total:
            write(f"{done:,} of {total:,} pictures")

    yield show_progress
