"""Altered copies of pictures, compared with all originals as if they were handed in to the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from similarity.evaluation import trial_vectors
from similarity.evaluation.trial_vectors import Floats, Views
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.copies import copy_alterations, fingerprint
from similarity.vision.copies.fingerprint import Fingerprint
from similarity.vision.descriptors.projection import Projection
from similarity.vision.pixels import decoding

SEED = 2_021
BACKGROUND_SHARE = 1 / 3


def sample(paths: Sequence[Path], limit: int) -> tuple[list[Path], list[str]]:
    """At most so many pictures drawn by lot, no two with the same pixels; and what is wrong with unreadable ones."""
    chosen: dict[str, Path] = {}
    refusals: list[str] = []
    for place in np.random.default_rng(SEED).permutation(len(paths)):
        if len(chosen) >= limit:
            break
        try:
            picture = reduced(paths[place])
        except decoding.UnreadableError as refusal:
            refusals.append(str(refusal))
            continue
        chosen.setdefault(sha256(picture.tobytes()).hexdigest(), paths[place])
    return list(chosen.values()), refusals


def reduced(path: Path) -> Image.Image:
    """As alterations want it: their strengths are meant for a long side of REFERENCE_PX. Raises UnreadableError."""
    picture = trial_vectors.open_picture(path)
    picture.thumbnail((copy_alterations.REFERENCE_PX, copy_alterations.REFERENCE_PX), Image.Resampling.BICUBIC)
    return picture


def describe(
    paths: Sequence[Path], embedder: Embedder, recipes: Sequence[Recipe], further: Sequence[Path] = ()
) -> "Originals":
    """The last third of the pictures is background. Projections are fitted on all of them and on further ones.

    Fitted on hardly more pictures than it has dimensions, a projection turns each of them its own way: then no two
    look alike, and copies seem easier to tell than they are. Raises decoding.UnreadableError and
    projection.ProjectionError.
    """
    everything = tqdm([*paths, *further], "described", unit=" pictures", disable=None)
    raw = trial_vectors.describe((reduced(path) for path in everything), embedder, recipes).raw
    projections = {recipe: trial_vectors.fitted(recipe, rows, embedder) for recipe, rows in raw.items()}
    stored = {recipe: trial_vectors.project(projections[recipe], rows[: len(paths)]) for recipe, rows in raw.items()}
    count = len(paths) - int(len(paths) * BACKGROUND_SHARE)
    prints = prints_of([reduced(path) for path in paths[:count]])
    return Originals(paths[:count], projections, stored, prints)


def compare(
    originals: "Originals", embedder: Embedder, names: Sequence[str], views: Views = trial_vectors.whole
) -> "Comparison":
    """Alters every original that is not background, describes the copies and compares them with all originals."""
    scores: dict[Recipe, list[Floats]] = {recipe: [] for recipe in originals.projections}
    prints = []
    for seed, path in enumerate(tqdm(originals.paths, "altered", unit=" pictures", disable=None)):
        picture = reduced(path)
        copies = [copy_alterations.alter(picture, name, seed) for name in names]
        described = trial_vectors.describe(copies, embedder, list(scores), views)
        for recipe, projection in originals.projections.items():
            scores[recipe].append(described.similarities(recipe, projection, originals.stored[recipe]))
        prints.append(prints_of(copies))
    return Comparison(list(names), {recipe: np.stack(rows, axis=1) for recipe, rows in scores.items()}, prints)


def prints_of(pictures: Sequence[Image.Image]) -> list[Fingerprint]:
    return fingerprint.of([np.asarray(decoding.small_copy(picture)) for picture in pictures])


@dataclass(frozen=True)
class Originals:
    """N pictures that are altered, and B pictures of background that never are."""

    paths: Sequence[Path]  # of the N
    projections: dict[Recipe, Projection | None]
    stored: dict[Recipe, Floats]  # (N + B, D), rows of length 1
    prints: list[Fingerprint]  # of the N


@dataclass(frozen=True)
class Comparison:
    """T alterations of N pictures against the originals."""

    names: list[str]  # of the alterations
    scores: dict[Recipe, Floats]  # (T, N, N + B): alteration, altered picture, original
    prints: list[list[Fingerprint]]  # N of T

    def against_database(self, recipe: Recipe) -> Floats:
        """(T, N, N)"""
        return self.scores[recipe][:, :, : len(self.prints)]

    def against_background(self, recipe: Recipe) -> Floats:
        """(T, N, B)"""
        return self.scores[recipe][:, :, len(self.prints) :]
