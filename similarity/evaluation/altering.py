"""Alter copies of pictures, and compare them with all originals as the site compares uploads.

The background set is a third of the pictures. They are never altered; score normalisation uses them (Douze et al., The
2021 Image Similarity Dataset and Challenge, section 6).
"""

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
    """Return a random sample of at most `limit` pictures, no two with equal pixels, and errors of unreadable files."""
    chosen: dict[str, Path] = {}
    refusals: list[str] = []
    for index in np.random.default_rng(SEED).permutation(len(paths)):
        if len(chosen) >= limit:
            break
        try:
            picture = open_reduced(paths[index])
        except decoding.UnreadableError as refusal:
            refusals.append(str(refusal))
            continue
        chosen.setdefault(sha256(picture.tobytes()).hexdigest(), paths[index])
    return list(chosen.values()), refusals


def open_reduced(path: Path) -> Image.Image:
    """Return the picture (RGB) with a long side of at most REFERENCE_PX, for which the alterations are designed.

    Raise imaging.Busy or decoding.UnreadableError.
    """
    picture = trial_vectors.open_picture(path)
    picture.thumbnail((copy_alterations.REFERENCE_PX, copy_alterations.REFERENCE_PX), Image.Resampling.BICUBIC)
    return picture


def describe(
    paths: Sequence[Path], embedder: Embedder, recipes: Sequence[Recipe], further: Sequence[Path] = ()
) -> "Originals":
    """Describe the originals and the background set, which is the last third of `paths`.

    Projections are fitted on `paths` and `further`. A projection that is fitted on hardly more pictures than it has
    dimensions overfits: it drives all of them apart, and copies seem easier to recognise than they really are. Raise
    decoding.UnreadableError or projection.ProjectionError.
    """
    every_path = tqdm([*paths, *further], "described", unit=" pictures", disable=None)
    raw = trial_vectors.describe((open_reduced(path) for path in every_path), embedder, recipes).raw
    projections = {recipe: trial_vectors.projection_for(recipe, rows, embedder) for recipe, rows in raw.items()}
    stored = {recipe: trial_vectors.project(projections[recipe], rows[: len(paths)]) for recipe, rows in raw.items()}
    count = len(paths) - int(len(paths) * BACKGROUND_SHARE)
    fingerprints = fingerprints_of([open_reduced(path) for path in paths[:count]])
    return Originals(paths[:count], projections, stored, fingerprints)


def compare(
    originals: "Originals", embedder: Embedder, names: Sequence[str], views: Views = trial_vectors.whole
) -> "Comparison":
    """Alter every original, describe the copies, and compare them with all originals and the background set."""
    scores: dict[Recipe, list[Floats]] = {recipe: [] for recipe in originals.projections}
    fingerprints = []
    for seed, path in enumerate(tqdm(originals.paths, "altered", unit=" pictures", disable=None)):
        picture = open_reduced(path)
        copies = [copy_alterations.alter(picture, name, seed) for name in names]
        described = trial_vectors.describe(copies, embedder, list(scores), views)
        for recipe, projection in originals.projections.items():
            scores[recipe].append(described.similarities(recipe, projection, originals.stored[recipe]))
        fingerprints.append(fingerprints_of(copies))
    return Comparison(list(names), {recipe: np.stack(rows, axis=1) for recipe, rows in scores.items()}, fingerprints)


def fingerprints_of(pictures: Sequence[Image.Image]) -> list[Fingerprint]:
    return fingerprint.of([np.asarray(decoding.small_copy(picture)) for picture in pictures])


@dataclass(frozen=True)
class Originals:
    """N originals that are altered, and a background set of B pictures."""

    paths: Sequence[Path]  # of the N originals
    projections: dict[Recipe, Projection | None]
    stored: dict[Recipe, Floats]  # (N + B, D), rows of length 1: the originals, then the background set
    fingerprints: list[Fingerprint]  # of the N originals


@dataclass(frozen=True)
class Comparison:
    """T alterations of N originals, compared with the originals and the background set."""

    names: list[str]  # of the T alterations
    scores: dict[Recipe, Floats]  # (T, N, N + B) cosines: alteration, altered picture, picture compared with
    fingerprints: list[list[Fingerprint]]  # N lists of T copies

    def against_database(self, recipe: Recipe) -> Floats:
        """Return the (T, N, N) cosines of the copies and the originals."""
        return self.scores[recipe][:, :, : len(self.fingerprints)]

    def against_background(self, recipe: Recipe) -> Floats:
        """Return the (T, N, B) cosines of the copies and the background set."""
        return self.scores[recipe][:, :, len(self.fingerprints) :]
