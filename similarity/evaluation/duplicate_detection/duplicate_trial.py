"""Try duplicate detection: upload altered copies, and unaltered pictures, to a collection in memory.

A copy counts as found if its original is among the pairs that the review queue would get, of any kind. A clean upload
is a picture that is in the collection once: all pairs that it gets are false, or unknown copies in the collection,
which are listed to be looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.duplicates import detection
from similarity.duplicates.proposals import NEAREST
from similarity.evaluation import altering, trial_vectors
from similarity.index import percentiles
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.copies import copy_alterations, evidence, fingerprint, judging, pair_comparison
from similarity.vision.copies.fingerprint import Fingerprint
from similarity.vision.copies.judging import Candidate, Judgement
from similarity.vision.copies.pair_comparison import Picture
from similarity.vision.descriptors.projection import Projection

Floats = NDArray[np.float32]

PICTURES_KEPT = 300
CleanPair = tuple[str, str, str, str]  # one picture, another, suggestion, kind
NAMES = (
    "jpeg-30", "resize-160", "gamma-0.6", "gamma-1.6", "hue-30", "greyscale", "noise-0.05", "blur-2", "text",
    "border-10", "rotate-1", "rotate-3", "rotate-10", "turn-90", "flip", "crop-13", "crop-29", "screenshot", "wall",
    "crop-50",
)  # fmt: skip


@dataclass(frozen=True)
class Collection:
    """N pictures, their stored vectors (N, D) in the space that finds copies, fingerprints, and its threshold."""

    paths: Sequence[Path]
    vectors: Floats
    prints: Sequence[Fingerprint]
    projection: Projection | None
    near: float
    hashes: NDArray[np.uint64]  # (N,)

    @staticmethod
    def describe(paths: Sequence[Path], embedder: Embedder, recipe: Recipe) -> "Collection":
        """Describe all pictures. Raise decoding.UnreadableError or projection.ProjectionError."""
        prints: list[Fingerprint] = []
        raw = trial_vectors.describe(opened(paths, prints), embedder, [recipe]).raw[recipe]
        projection = trial_vectors.projection_for(recipe, raw, embedder)
        vectors = trial_vectors.project(projection, raw)
        near = percentiles.measure(vectors, "cosine")[detection.VERY_NEAR_PER_MILLE]
        hashes = np.array([one.phash for one in prints], np.uint64)
        return Collection(paths, vectors, prints, projection, near, hashes)

    def candidates(self, one: Fingerprint, vector: Floats, without: int | None = None) -> dict[int, Candidate]:
        """Return what the site's indexes would propose for a picture with the vector (D,), by index."""
        distances = 1 - self.vectors @ vector
        found = {int(place): float(distances[place]) for place in np.argsort(distances, kind="stable")[: NEAREST + 1]}
        by_hash = set() if one.is_flat else self.near_by_hash(one)
        return {
            place: Candidate(
                self.prints[place], found.get(place, np.inf), place in by_hash, partial(picture_of, self.paths[place])
            )
            for place in [*found, *(by_hash - found.keys())]
            if place != without
        }

    def near_by_hash(self, one: Fingerprint) -> set[int]:
        """Return the indices of pictures with a near hash in any of the eight orientations."""
        found: set[int] = set()
        for phash in fingerprint.orientations(one):
            bits = np.bitwise_count(self.hashes ^ np.uint64(phash))
            nearest = np.argsort(bits, kind="stable")[:NEAREST]
            found |= {int(place) for place in nearest if bits[place] <= evidence.NEAR_HASH_BITS}
        return {place for place in found if not self.prints[place].is_flat}


@dataclass
class Found:
    """Results for the copies of one alteration, M in all.

    chosen: indices of their originals. vectors: (M, D). kinds: how often each kind was named for copies that were
    found. false_pairs: original, another picture that was suggested as its duplicate, and the kind.
    """

    name: str
    chosen: Sequence[int]
    pictures: Sequence[Image.Image]
    prints: Sequence[Fingerprint]
    vectors: Floats
    found: int = 0
    duplicates: int = 0  # of those found, suggested as duplicates
    false_pairs: list[tuple[str, str, str]] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def copies(self) -> int:
        return len(self.chosen)

    def add(self, own: int, judged: Mapping[int, Judgement], paths: Sequence[Path]) -> None:
        """Count the judgements of one copy, by index of the other picture."""
        for place, seen in judged.items():
            if seen.suggestion == "none":
                continue
            if place == own:
                self.found += 1
                self.duplicates += seen.suggestion == "duplicate"
                self.kinds[seen.kind] = self.kinds.get(seen.kind, 0) + 1
            elif seen.suggestion == "duplicate":
                self.false_pairs.append((paths[own].name, paths[place].name, seen.kind))


def opened(paths: Sequence[Path], prints: list[Fingerprint]) -> Iterator[Image.Image]:
    """Yield the pictures, and append their fingerprints to `prints`."""
    for path in paths:
        picture = trial_vectors.open_picture(path)
        prints.extend(altering.fingerprints_of([picture]))
        yield picture


@lru_cache(maxsize=PICTURES_KEPT)
def picture_of(path: Path) -> Picture:
    return pair_comparison.read(trial_vectors.open_picture(path))


def try_one(collection: Collection, chosen: Sequence[int], embedder: Embedder, recipe: Recipe, name: str) -> Found:
    """Upload a copy, altered in this way, of each of the chosen pictures of the collection."""
    originals = [trial_vectors.open_picture(collection.paths[place]) for place in chosen]
    copies = [copy_alterations.alter(each, name, place) for each, place in zip(originals, chosen, strict=True)]
    raw = trial_vectors.describe(copies, embedder, [recipe]).raw[recipe]
    vectors = trial_vectors.project(collection.projection, raw)
    result = Found(name, chosen, copies, altering.fingerprints_of(copies), vectors)
    for own, copy, one, vector in zip(chosen, copies, result.prints, vectors, strict=True):
        upload = Candidate(one, 0.0, is_near=True, read=partial(pair_comparison.read, copy))
        result.add(own, judged(upload, collection.candidates(one, vector), collection.near), collection.paths)
    return result


def judged(upload: Candidate, found: Mapping[int, Candidate], near: float) -> dict[int, Judgement]:
    """Return the judgement of each candidate of an uploaded picture, by index."""
    return dict(zip(found, judging.judge(upload, list(found.values()), near), strict=True))


def clean_uploads(collection: Collection) -> list[CleanPair]:
    """Compare every picture with the others. Return each pair once."""
    pairs: dict[tuple[int, int], CleanPair] = {}
    for place, one in enumerate(collection.prints):
        found = collection.candidates(one, collection.vectors[place], without=place)
        upload = Candidate(one, 0.0, is_near=True, read=partial(picture_of, collection.paths[place]))
        for other, seen in judged(upload, found, collection.near).items():
            if seen.suggestion != "none":
                low, high = sorted((place, other))
                names = collection.paths[low].name, collection.paths[high].name
                pairs[low, high] = (*names, seen.suggestion, seen.kind)
    return [pairs[key] for key in sorted(pairs)]
