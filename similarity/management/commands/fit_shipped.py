"""Fit the projections that ship with Kindred. For developers, after a change of networks, layers or pooling."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from numpy.typing import NDArray
from tqdm import tqdm

from collection import study
from similarity.embedding import embedders
from similarity.evaluation import picture_sources
from similarity.index import percentiles
from similarity.spaces import fitting, planning
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.lenses import ALL, LOOK
from similarity.vision.networks import shipped, weights
from similarity.vision.networks.ensemble import default_look
from similarity.vision.pixels import decoding

Raw = dict[tuple[Embedder, Recipe], NDArray[np.float32]]

DEFAULT = ("vgg16", "mobilenet_v2")
BATCH = 8
SEED = 2_024  # of the sample that the reference quantiles are measured on


class Command(BaseCommand):
    help = (
        "Fits the projections and reference quantiles of all lenses on folders of pictures and on the study"
        " collection, and writes them into weights/projections."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders", nargs="+", type=Path, metavar="DIR", help="folders of pictures; no picture is stored"
        )
        parser.add_argument("--lens", choices=sorted(ALL), help="fit this lens alone (default: all)")

    def handle(self, *, folders: Sequence[Path], lens: str | None, **_: Any) -> None:
        with TemporaryDirectory() as scratch:
            study.paint(Path(scratch))
            paths = [path for folder in (*folders, Path(scratch)) for path in picture_sources.pictures_in(folder)]
            raw = describe_all(paths, fitted_embedders(), lens)
        for (embedder, recipe), rows in raw.items():
            found = fit(recipe, rows)
            path = shipped.FOLDER / "projections" / shipped.file_name(recipe, embedder.source_of(recipe).weights_digest)
            shipped.write(path, found)
            label = found.projection.label if found.projection else "no projection"
            self.stdout.write(f"{path.name}: {label}, {len(rows):,} pictures, {path.stat().st_size / 1e6:.1f} MB")


def fitted_embedders() -> list[Embedder]:
    both = [weights.load(name, shipped.path_of(name) or Path()) for name in DEFAULT]
    return [embedders.embedder_for(both), *(embedders.embedder_for([one]) for one in both), embedders.colour_embedder()]


def describe_all(paths: Sequence[Path], found: Sequence[Embedder], lens: str | None = None) -> Raw:
    """Return (N, R) float32 raw vectors of each default recipe of the joint embedder, its members' looks and colour.

    With a lens, return only its vectors.
    """
    joint, first, second, colour = found
    wanted = [(one, recipe) for one in (joint, second, colour) for recipe in planning.defaults(one)]
    wanted = [(one, recipe) for one, recipe in wanted if one is not second or recipe.lens == LOOK]
    wanted = [(one, recipe) for one, recipe in wanted if lens in (None, recipe.lens)]
    parts: dict[tuple[Embedder, Recipe], list[NDArray[np.float32]]] = {each: [] for each in wanted}
    for start in tqdm(range(0, len(paths), BATCH), unit=" batches", disable=None):
        pictures = [decoding.read(path, joint.canvases).canvas for path in paths[start : start + BATCH]]
        for embedder in (joint, second, colour):
            recipes = [recipe for one, recipe in wanted if one is embedder]
            for recipe, rows in embedder.describe(pictures, recipes).items():
                parts[embedder, recipe].append(rows)
    raw = {each: np.concatenate(rows) for each, rows in parts.items()}
    if lens not in (None, LOOK):
        return raw
    look, joint_look = default_look(first), default_look(joint)
    raw[first, look] = raw[joint, joint_look][:, : first.recipes[look]]  # the joint look starts with that of the first
    return raw


def fit(recipe: Recipe, raw: NDArray[np.float32]) -> shipped.Fitted:
    """Fit the projection on (N, R) raw vectors, and measure the reference quantiles of the projected ones."""
    projection = None if ALL[recipe.lens].fit == "none" else fitting.fit_projection(recipe, raw)
    whole = raw[:, : raw.shape[1] // ALL[recipe.lens].parts]
    vectors = projection.apply(whole) if projection else whole
    chosen = np.random.default_rng(SEED).permutation(len(vectors))[: percentiles.SAMPLE]
    return shipped.Fitted(projection, percentiles.measure(vectors[chosen], "cosine"), len(raw))
