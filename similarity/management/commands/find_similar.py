"""Ranks the collection against any picture file."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray
from PIL import Image

from collection import imaging, ingest, permissions
from collection.models import Collection
from similarity import describing, engine, kin, spaces
from similarity.models import Space
from similarity.vision import weights
from similarity.vision.backbones import UnknownBackboneError
from similarity.vision.lenses import DEFAULT_LENS, LENSES

SIDE_PX = 768  # as a picture is shrunk to that is searched by on the site


class Command(BaseCommand):
    help = "Ranks all works, published or not, against any picture file; works found on a wall in it are looked at too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("-k", type=positive, default=12, help="how many works (default: 12)")
        parser.add_argument("--lens", default=DEFAULT_LENS, choices=list(LENSES))
        parser.add_argument("--collection", metavar="SLUG")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, file: Path, k: int, lens: str, collection: str | None, as_json: bool, **_: Any) -> None:
        picture = self.open(file)
        space = self.live(lens)
        scope = self.find_collection(collection)
        probe = kin.Probe(space, self.describe(picture, space))
        found = kin.nearest([probe], permissions.Operator(), k, collection=scope)
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

    def open(self, file: Path) -> Image.Image:
        try:
            data = file.read_bytes()
            imaging.check(data, ingest.limits())
            return imaging.open_upright(imaging.shrink(data, SIDE_PX, ingest.limits()), limits=imaging.ADMITTED)
        except (OSError, imaging.Refused) as error:
            raise CommandError(f"{file}: {error}") from None

    def live(self, lens: str) -> Space:
        space = spaces.live(lens)
        if space is None:
            raise CommandError(f"There is no space of the lens {lens!r} yet; a worker, or fetch_weights, opens it.")
        return space

    def describe(self, picture: Image.Image, space: Space) -> NDArray[np.float32]:
        """(V, D): the whole picture first."""
        try:
            engine.embedder_of(space)
        except (weights.WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        found = describing.describe(picture, [space], engine.embedder_of)
        if space.pk not in found:
            raise CommandError("Nothing was found in this picture that could be compared.")
        return found[space.pk]

    def find_collection(self, slug: str | None) -> Collection | None:
        if slug is None:
            return None
        try:
            return Collection.objects.get(slug=slug)
        except Collection.DoesNotExist:
            raise CommandError(f"There is no collection {slug!r}.") from None


def positive(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise ArgumentTypeError(f"{word!r} should be a whole number of at least 1")
    return int(word)


def table(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        percent = min(row["closer_than_percent"] or 0, 99.9)  # the last tenth is never claimed
        lines.append(f"{row['rank']:>3}  {percent:5.1f} %  {row['accession_number']:<16} {row['title']}")
    return "\n".join(lines) or "No work has been embedded yet."
