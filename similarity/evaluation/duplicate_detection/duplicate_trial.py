"""Try duplicate detection: upload altered copies, and unaltered pictures, to a collection in memory.

A copy counts as found if the review queue would get its pair with the original, of any kind. A clean upload is a
picture of the collection that is compared with all others. Each pair that it gets is false or shows an unknown copy, so
all of them are listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from similarity.duplicates import cuts, detection
from similarity.evaluation import altering, trial_vectors
from similarity.evaluation.duplicate_detection.collection_in_memory import Collection, Floats, picture_of
from similarity.vision.copies import copy_alterations, judging, pair_comparison
from similarity.vision.copies.fingerprint import Fingerprint
from similarity.vision.copies.judging import Candidate, Judgement

CleanPair = tuple[str, str, str, str]  # one picture, another, suggestion, kind
NAMES = (
    "jpeg-30", "resize-160", "gamma-0.6", "gamma-1.6", "hue-30", "greyscale", "noise-0.05", "blur-2", "text",
    "border-10", "rotate-1", "rotate-3", "rotate-10", "turn-90", "flip", "crop-13", "crop-29", "screenshot", "wall",
    "crop-50",
)  # fmt: skip


@dataclass
class Found:
    """Results for the copies of one alteration, M in all.

    chosen: indices of their originals. vectors: (M, D). kinds: how often each kind was named for copies that were
    found. means: (M, C), see `Collection`. false_pairs: original, another picture that was suggested as its duplicate,
    and the kind.
    """

    name: str
    chosen: Sequence[int]
    pictures: Sequence[Image.Image]
    prints: Sequence[Fingerprint]
    vectors: Floats
    means: Floats | None = None
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
            suggested = suggestion(seen)
            if suggested == "none":
                continue
            if place == own:
                self.found += 1
                self.duplicates += suggested == "duplicate"
                self.kinds[seen.kind] = self.kinds.get(seen.kind, 0) + 1
            elif suggested == "duplicate":
                self.false_pairs.append((paths[own].name, paths[place].name, seen.kind))


def try_one(collection: Collection, chosen: Sequence[int], name: str) -> Found:
    """Upload a copy, altered in this way, of each of the chosen pictures of the collection."""
    originals = [trial_vectors.open_picture(collection.paths[place]) for place in chosen]
    copies = [copy_alterations.alter(each, name, place) for each, place in zip(originals, chosen, strict=True)]
    described, means = collection.described(copies)
    vectors = np.stack([each[collection.recipe][0] for each in described])
    result = Found(name, chosen, copies, altering.fingerprints_of(copies), vectors, means)
    for own, copy, one, each in zip(chosen, copies, result.prints, described, strict=True):
        upload = Candidate(one, 0.0, is_near=True, read=partial(pair_comparison.read, copy))
        result.add(own, judged(upload, collection.candidates(one, each), collection.near), collection.paths)
    return result


def judged(upload: Candidate, found: Mapping[int, Candidate], near: float) -> dict[int, Judgement]:
    """Return the judgement of each candidate of an uploaded picture, by index."""
    return dict(zip(found, judging.judge(upload, list(found.values()), near), strict=True))


def suggestion(seen: Judgement) -> str:
    """Return what the site would suggest for a pair by its default cut: "duplicate", "similar" or "none"."""
    if seen.suggestion == "none":
        return "none"
    pair = detection.evidence_of(seen)
    pair.certainty = cuts.certainty_of(pair)
    return str(cuts.suggestion(pair, cuts.DEFAULT))


def clean_uploads(collection: Collection) -> list[CleanPair]:
    """Compare every picture of the collection with the others. Return each pair once."""
    pairs: dict[tuple[int, int], CleanPair] = {}
    for place, one in enumerate(collection.prints):
        found = collection.candidates(one, collection.stored(place), without=place)
        upload = Candidate(one, 0.0, is_near=True, read=partial(picture_of, collection.paths[place]))
        for other, seen in judged(upload, found, collection.near).items():
            if seen.suggestion != "none":
                low, high = sorted((place, other))
                names = collection.paths[low].name, collection.paths[high].name
                pairs[low, high] = (*names, suggestion(seen), seen.kind)
    return [pairs[key] for key in sorted(pairs)]
