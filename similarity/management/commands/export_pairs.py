"""Write all pairs of possible duplicates to a CSV table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from collection.audit.recording import Verb, record
from similarity.duplicates.review import pair_table
from similarity.models import DuplicatePair


class Command(BaseCommand):
    help = (
        "Writes every pair, decided or not, to a CSV table: accession numbers, files, collections, kind, rule,"
        " suggestion, verdict, who decided and when, every measured value and every signal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    def handle(self, *, file: Path, **_: Any) -> None:
        count = 0
        try:
            with file.open("w", encoding="utf-8", newline="") as target:
                for text, pairs in pair_table.chunks(DuplicatePair.objects.all()):
                    target.write(text)
                    count += pairs
        except OSError as error:
            raise CommandError(f"{file} could not be written: {error.strerror}.") from None
        record(Verb.EXPORTED, kind="pair", label="all possible duplicates", detail={"pairs": count})
        self.stdout.write(f"{count:,} pair{pluralize(count)} written to {file}.")
