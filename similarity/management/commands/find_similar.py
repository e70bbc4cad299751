"""Rank the works of the site against a picture file."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray
from PIL import Image

from collection import imaging, ingest, permissions, queries
from collection.models import Collection
from similarity.embedding import describing, embedders
from similarity.image_query import answering, recognition, searches
from similarity.models import Space
from similarity.neighbours import similar_works
from similarity.spaces import lifecycle
from similarity.vision.lenses import DEFAULT_LENS, LENSES, MATCH
from similarity.vision.networks import weights
from similarity.vision.networks.backbones import UnknownBackboneError


class Command(BaseCommand):
    help = (
        "Ranks all works, published or not, against a picture file. Works that are recognised in it come first, then"
        " those that look like it, or like a work on a wall in it."
    )

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
        finding = recognition.spaces_among(lifecycle.searched_spaces())
        vectors = self.describe(picture, [space, *finding])
        recognised = identify(picture, [one for one in finding if one.pk in vectors], vectors, scope)
        found = similar_works.nearest(
            [similar_works.Query(space, vectors[space.pk])], permissions.Operator(), k, collection=scope
        )
        found = recognised_first(found, recognised)[:k]
        rows = [
            {
                "rank": rank,
                "accession_number": one.work.accession_number,
                "collection": one.work.collection.slug,
                "title": one.work.title,
                "filename": one.image.original_name,
                "image_sha256": one.image.sha256,
                "closer_than_percent": one.closer_than,
                "is_recognised": one.image.pk in recognised,
            }
            for rank, one in enumerate(found, start=1)
        ]
        self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) if as_json else table(rows))

    def open(self, file: Path) -> Image.Image:
        try:
            data = file.read_bytes()
            imaging.check(data, ingest.limits())
            shrunk = imaging.shrink(data, searches.SHRUNK_SIDE_PX, ingest.limits())
            return imaging.open_upright(shrunk, limits=imaging.ADMITTED)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except imaging.Refused as error:
            raise CommandError(f"{file}: {error}") from None

    def live(self, lens: str) -> Space:
        space = lifecycle.live(lens)
        if space is None:
            raise CommandError(f"There is no space of the lens {lens!r} yet. Start a worker, or run open_spaces.")
        return space

    def describe(self, picture: Image.Image, spaces: list[Space]) -> dict[int, NDArray[np.float32]]:
        """Return (V, D) float32 vectors of V views, by space id. Raise CommandError if the first space has none."""
        try:
            embedder = embedders.embedder_of(spaces[0])
        except (weights.WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        if spaces[0].recipe not in embedder.recipes:  # a space of an earlier release that is not replaced yet
            raise CommandError(
                f"{spaces[0].backbone} has no pooling {spaces[0].pooling} for the lens {spaces[0].lens!r} any more;"
                " try again when a worker has built the space that takes its place (see manage.py spaces)."
            )
        found = describing.describe(picture, spaces, embedders.embedder_of)
        if spaces[0].pk not in found:
            raise CommandError(answering.INCOMPARABLE)
        return found

    def find_collection(self, slug: str | None) -> Collection | None:
        if slug is None:
            return None
        try:
            return Collection.objects.get(slug=slug)
        except Collection.DoesNotExist:
            raise CommandError(f"There is no collection {slug!r}.") from None


def identify(
    picture: Image.Image, finding: list[Space], vectors: dict[int, NDArray[np.float32]], scope: Collection | None
) -> list[int]:
    """Return the pictures of the works that are recognised by these spaces, the best first."""
    if not finding or finding[0].lens != MATCH:
        return []
    among = similar_works.admitted(permissions.Operator(), collection=scope)
    found = recognition.identify(picture, embedders.embedder_of(finding[0]), among, finding, vectors)
    return [one.image_ids[0] for one in found if one.is_recognised]


def recognised_first(found: list[similar_works.SimilarWork], recognised: list[int]) -> list[similar_works.SimilarWork]:
    """Put the recognised works first, and add those that are not among the nearest by the lens."""
    pictures = queries.images().select_related("artwork__collection").in_bulk(recognised)
    known = {one.work.pk: one for one in found}
    first = [
        replace(known[image.artwork_id], image=image)
        if image.artwork_id in known
        else similar_works.SimilarWork(image.artwork, image, {})
        for image in (pictures[pk] for pk in recognised if pk in pictures)
    ]
    works = {one.work.pk for one in first}
    return [*first, *(one for one in found if one.work.pk not in works)]


def positive(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise ArgumentTypeError(f"{word!r} should be a whole number of at least 1")
    return int(word)


def table(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        known = row["closer_than_percent"]  # None for a recognised work beyond the nearest
        percent = "    -  " if known is None else f"{min(known, 99.9):5.1f} %"  # 100 % is never claimed
        remark = "  This is it." if row["is_recognised"] else ""
        lines.append(f"{row['rank']:>3}  {percent}  {row['accession_number']:<16} {row['title']}{remark}")
    return "\n".join(lines) or "No work has been embedded yet."
