"""A collection in memory: its vectors, fingerprints and local features, and what its indexes would propose."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.duplicates import detection, proposals
from similarity.evaluation import altering, trial_vectors
from similarity.index import percentiles
from similarity.spaces import projections
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.copies import evidence, fingerprint, packed_features, pair_comparison
from similarity.vision.copies.fingerprint import Fingerprint
from similarity.vision.copies.judging import Candidate
from similarity.vision.copies.overlap import Pixels
from similarity.vision.copies.pair_comparison import Picture
from similarity.vision.descriptors.projection import Projection
from similarity.vision.framing import frames
from similarity.vision.lenses import ALL, LOOK, REGIONS

Floats = NDArray[np.float32]

FEATURES_KEPT = 10_000  # pictures, 53 kB each
Described = Mapping[Recipe, Floats]  # the vectors of one picture by recipe, (P, D) float32, as of `projected`


@dataclass(frozen=True)
class Collection:
    """N pictures in memory: their vectors by recipe, as of `projected`, and their fingerprints.

    recipe: of the lens match. regions: of the lens regions, or None if the network has no such recipe. near: the
    distance up to which a pair counts as very near. means: (N, C) float32 of the network's last layer, or None.
    """

    paths: Sequence[Path]
    embedder: Embedder
    recipe: Recipe
    regions: Recipe | None
    vectors: Mapping[Recipe, Floats]
    projections: Mapping[Recipe, Projection | None]
    prints: Sequence[Fingerprint]
    near: float
    hashes: NDArray[np.uint64]  # (N,)
    means: Floats | None = None

    @staticmethod
    def describe(paths: Sequence[Path], embedder: Embedder, recipe: Recipe) -> "Collection":
        """Describe all pictures. Raise decoding.UnreadableError or projection.ProjectionError."""
        regions = next((offered for offered in embedder.recipes if offered.lens == REGIONS), None)
        recipes = [recipe] if regions is None else [recipe, regions]
        prints: list[Fingerprint] = []
        found = described(opened(paths, prints), embedder, [*recipes, *looks(embedder)])
        fitted = {each: trial_vectors.projection_for(each, found.raw[each][found.starts], embedder) for each in recipes}
        vectors = {each: projected(fitted[each], found, each) for each in recipes}
        near = percentiles.measure(vectors[recipe][:, 0], "cosine")[detection.VERY_NEAR_PER_MILLE]
        hashes = np.array([one.phash for one in prints], np.uint64)
        means = means_of(embedder, found)
        return Collection(paths, embedder, recipe, regions, vectors, fitted, prints, near, hashes, means)

    def described(self, pictures: Sequence[Image.Image]) -> tuple[list[Described], Floats | None]:
        """Return the vectors of M pictures that are uploaded, and the means (M, C) of the network's last layer."""
        found = described(pictures, self.embedder, [*self.vectors, *looks(self.embedder)])
        vectors = {each: projected(self.projections[each], found, each) for each in self.vectors}
        rows: list[Described] = [
            {each: rows[place] for each, rows in vectors.items()} for place in range(len(pictures))
        ]
        return rows, means_of(self.embedder, found)

    def stored(self, place: int) -> Described:
        """Return the vectors of a picture of the collection."""
        return {each: rows[place] for each, rows in self.vectors.items()}

    def candidates(self, one: Fingerprint, described: Described, without: int | None = None) -> dict[int, Candidate]:
        """Return the candidates that the site's indexes would propose for a picture, by their index in the collection.

        Candidates by twin value are left out. without: the index of the picture itself, if it is in the collection.
        """
        lists = [(proposals.MATCH, self.nearest(1 - self.vectors[self.recipe][:, 0] @ described[self.recipe][0]))]
        if self.regions is not None and not one.is_flat:
            stored, own = self.vectors[self.regions], described[self.regions]
            containing, contained = (stored[:, 1:] @ own[0]).max(axis=1), (stored[:, 0] @ own[1:].T).max(axis=1)
            lists.append((proposals.REGION, self.nearest(1 - containing, proposals.REGIONS_NEAREST)))
            lists.append((proposals.REGION, self.nearest(1 - contained, proposals.REGIONS_NEAREST)))
        lists += [(proposals.TURNED_HASH, found) for found in self.near_by_hash(one)]
        signals, ranks = proposals.joined(
            (name, {place: value for place, value in found.items() if place != without}) for name, found in lists
        )
        return {
            place: Candidate(
                self.prints[place],
                known.get(proposals.MATCH, np.inf),
                bool(known.keys() - {proposals.MATCH}),
                partial(picture_of, self.paths[place]),
                ranks[place],
            )
            for place, known in signals.items()
        }

    def nearest(self, distances: Floats, count: int = proposals.NEAREST) -> dict[int, float]:
        """Return the nearest pictures by distances (N,). One more than `count`, as one may be the picture itself."""
        return {int(place): float(distances[place]) for place in np.argsort(distances, kind="stable")[: count + 1]}

    def near_by_hash(self, one: Fingerprint) -> list[dict[int, float]]:
        """Return the differing bits of the pictures with a near hash, for each of the eight orientations."""
        lists = []
        for phash in [] if one.is_flat else fingerprint.orientations(one):
            found = self.nearest(np.bitwise_count(self.hashes ^ np.uint64(phash)).astype(np.float32))
            lists.append({place: bits for place, bits in found.items() if self.is_near_hash(place, bits)})
        return lists

    def is_near_hash(self, place: int, bits: float) -> bool:
        return bits <= evidence.NEAR_HASH_BITS and not self.prints[place].is_flat


def looks(embedder: Embedder) -> list[Recipe]:
    """Return the embedder's look if it consists of means of layers, else nothing."""
    found = [recipe for recipe in embedder.recipes if recipe.lens == LOOK and recipe.pooling.startswith("mean-")]
    return found[:1]


def described(
    pictures: Iterable[Image.Image], embedder: Embedder, recipes: Sequence[Recipe]
) -> trial_vectors.PictureVectors:
    """Return the raw vectors of pictures. A work that hangs on a wall in a picture is its second view."""
    return trial_vectors.describe(pictures, embedder, recipes, with_work_on_wall)


def with_work_on_wall(picture: Image.Image) -> list[Image.Image]:
    work = frames.on_wall(picture)
    return [picture] if work is None else [picture, work]


def means_of(embedder: Embedder, found: trial_vectors.PictureVectors) -> Floats | None:
    """Return the mean (N, C) of the last layer of the (last) network, as imagededup compares it, or None."""
    for recipe in looks(embedder):
        raw = found.raw[recipe][found.starts]
        return raw[:, -recipe.lengths(raw.shape[1])[-1] :]
    return None


def projected(fitted: Projection | None, found: trial_vectors.PictureVectors, recipe: Recipe) -> Floats:
    """Return the vectors (N, P, D) float32 of pictures. P is the number of parts of the lens.

    A lens with several parts has one more: the work on a wall, zeros if there is none.
    """
    parts = ALL[recipe.lens].parts
    raw = found.raw[recipe]
    rows = raw if fitted is None else projections.apply_to_parts(fitted, raw, parts)
    rows = rows.reshape(len(raw), parts, rows.shape[1] // parts)
    if parts == 1:
        return rows[found.starts]
    has_work = np.diff(found.starts, append=len(rows)) > 1
    works = np.zeros_like(rows[found.starts, :1])
    works[has_work, 0] = rows[found.starts[has_work] + 1, 0]
    return np.concatenate([rows[found.starts], works], axis=1)


def opened(paths: Sequence[Path], prints: list[Fingerprint]) -> Iterator[Image.Image]:
    """Yield the pictures, and append their fingerprints to `prints`."""
    for path in paths:
        picture = trial_vectors.open_picture(path)
        prints.extend(altering.fingerprints_of([picture]))
        yield picture


def picture_of(path: Path) -> Picture:
    """Return what is compared of a picture of the collection. Its features are computed once, as on the site."""
    return Picture(packed_features.unpack(packed_features_of(path)), partial(pixels_of, path))


@lru_cache(maxsize=FEATURES_KEPT)
def packed_features_of(path: Path) -> bytes:
    return packed_features.pack(pair_comparison.read(trial_vectors.open_picture(path)).features)


def pixels_of(path: Path) -> Pixels:
    return pair_comparison.pixels_of(trial_vectors.open_picture(path))
