"""Ranks the collection against any picture file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection import imaging, ingest, permissions
from collection.models import Collection
from similarity import engine, kin
from similarity.vision import decoding, weights
from similarity.vision.backbones import UnknownBackboneError


class Command(BaseCommand):
    help = "Ranks all works, published or not, against any picture file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("-k", type=int, default=12, help="how many works (default: 12)")
        parser.add_argument("--lens", default="look", choices=["look"])
        parser.add_argument("--collection", metavar="SLUG")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, file: Path, k: int, collection: str | None, as_json: bool, **_: Any) -> None:
        vector = self.describe(file)
        space = engine.space()
        if space is None:
            raise CommandError("This network has no space yet; a worker, or manage.py fetch_weights, opens it.")
        scope = self.find_collection(collection)
        found = kin.nearest(space, vector, permissions.Operator(), k, collection=scope)
        rows = [
            {
                "rank": rank,
                "accession_number": one.work.accession_number,
                "collection": one.work.collection.slug,
                "title": one.work.title,
                "filename": one.image.original_name,
                "image_sha256": one.image.sha256,
                "closer_than_percent": one.closer_than,
            }
            for rank, one in enumerate(found, start=1)
        ]
        self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) if as_json else table(rows))

    def describe(self, file: Path) -> Any:
        try:
            embedder = engine.embedder()
            data = file.read_bytes()
            imaging.check(data, ingest.limits())
            square = decoding.read(data, embedder.side_px).square
        except (weights.WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        except (OSError, imaging.Refused, decoding.UnreadableError) as error:
            raise CommandError(f"{file}: {error}") from None
        (vector,) = embedder.embed([square])
        return vector

    def find_collection(self, slug: str | None) -> Collection | None:
        if slug is None:
            return None
        try:
            return Collection.objects.get(slug=slug)
        except Collection.DoesNotExist:
            raise CommandError(f"There is no collection {slug!r}.") from None


def table(rows: list[dict[str, Any]]) -> str:
    lines = [
        f"{row['rank']:>3}  {row['closer_than_percent'] or 0:5.1f} %  {row['accession_number']:<16} {row['title']}"
        for row in rows
    ]
    return "\n".join(lines) or "No work has been embedded yet."
