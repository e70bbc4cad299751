"""Delete picture files that belong to no picture."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.files import orphan_files

HOUR_S = 3_600
DAY_H = 24.0


class Command(BaseCommand):
    help = "Delete originals and derivatives that belong to no picture, and leftover temporary files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=float, default=DAY_H, metavar="HOURS", help="keep newer files (default: 24)"
        )
        parser.add_argument("--dry-run", action="store_true", help="count the files, delete nothing")

    def handle(self, *, older_than: float, dry_run: bool, **_: Any) -> None:
        try:
            swept = orphan_files.sweep(older_than * HOUR_S, is_rehearsal=dry_run)
        except (orphan_files.NoPicturesError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{swept} {'would be deleted' if dry_run else 'deleted'}.")
