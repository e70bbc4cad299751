"""Compare a picture with candidates: as they are, mirrored, and as parts of one another.

All candidates are registered as they are. At most CLOSER_LIMIT candidates with near descriptors, which plain
registration does not explain, are also compared mirrored and as parts. This costs several times as much, and in every
further comparison different pictures may agree by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from similarity.vision.copies import detail, evidence, fingerprint, registration
from similarity.vision.copies.fingerprint import Fingerprint

Relation = Literal["", "mirrored", "detail"]

CLOSER_LIMIT = 3  # candidates per picture that get a closer comparison
RANKS: dict[evidence.Suggestion, int] = {"none": 0, "similar": 1, "duplicate": 2}


def compare(
    one: Fingerprint, others: Sequence[Fingerprint], distances: Sequence[float], near: float
) -> list["Likeness"]:
    """Return a likeness for each of the others. `distances`: (N,) by descriptor.

    Others up to `near` may get a closer comparison. Flat pictures match nothing, not even one another.
    """
    found = [NONE] * len(others)
    compared = [place for place, other in enumerate(others) if not (one.is_flat or other.is_flat)]
    for place, likeness in zip(compared, registered(one, [others[place] for place in compared]), strict=True):
        found[place] = likeness
    near_places = [place for place in compared if distances[place] <= near and found[place].suggestion != "duplicate"]
    near_places = sorted(near_places, key=lambda place: distances[place])[:CLOSER_LIMIT]
    for place, likeness in zip(near_places, mirrored(one, [others[place] for place in near_places]), strict=True):
        found[place] = max(found[place], likeness, key=lambda each: RANKS[each.suggestion])
    unexplained = [place for place in near_places if found[place].suggestion == "none"]
    for place, likeness in zip(unexplained, as_parts(one, [others[place] for place in unexplained]), strict=True):
        found[place] = max(found[place], likeness, key=lambda each: RANKS[each.suggestion])
    return found


def registered(one: Fingerprint, others: Sequence[Fingerprint], relation: Relation = "") -> list["Likeness"]:
    """Return the likenesses after registration of whole pictures."""
    if not others:
        return []
    correlations = registration.correlate(one.pixels, np.stack([other.pixels for other in others])).tolist()
    found = []
    for other, correlation in zip(others, correlations, strict=True):
        bits = fingerprint.hamming(one.phash, other.phash)
        colours_apart = fingerprint.colour_distance(one.colours, other.colours)
        suggestion = evidence.suggest(correlation, bits, colours_apart)
        found.append(Likeness(relation, correlation, bits, suggestion, colours_apart))
    return found


def mirrored(one: Fingerprint, others: Sequence[Fingerprint]) -> list["Likeness"]:
    return registered(fingerprint.mirrored(one), others, "mirrored")


def as_parts(one: Fingerprint, others: Sequence[Fingerprint]) -> list["Likeness"]:
    """Return the likenesses with either picture as a part of the other. Hashes of whole pictures are not used."""
    correlations = detail.correlate(one.pixels, [other.pixels for other in others])
    return [Likeness("detail", each, None, evidence.suggest_part(each)) for each in correlations]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The measurements of a pair, compared in the way that `relation` names, and what they suggest."""

    relation: Relation
    correlation: float  # -1..1
    hash_distance: int | None  # 0..64 bits
    suggestion: evidence.Suggestion
    colour_distance: float | None = None  # mean over the thumbnails' cells in CbCr, 0 to about 180; None for a detail


NONE = Likeness("", 0.0, None, "none")
