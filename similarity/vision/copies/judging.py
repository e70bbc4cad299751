"""Judge candidates: which of them are copies of a picture, of what kind, and by which rule.

Registration of thumbnails is cheap and chooses the candidates to compare by local features. Such a comparison takes
about 4 ms, and 30 ms more if the features of the candidate are not stored. Pictures with too few features are judged by
registration alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from similarity.vision.copies import evidence, pair_comparison, placement
from similarity.vision.copies.evidence import Suggestion
from similarity.vision.copies.fingerprint import Fingerprint
from similarity.vision.copies.kinds import Kind
from similarity.vision.copies.pair_comparison import Comparison, Picture
from similarity.vision.copies.placement import Likeness

Rule = Literal["features", "registration"]

COMPARED_LIMIT = 16  # candidates of a picture that are compared by local features
SUGGESTIONS: dict[Kind, Suggestion] = {
    "same_file": "duplicate",
    "same_pixels": "duplicate",
    "reencoded": "duplicate",
    "recoloured": "duplicate",
    "overlaid": "duplicate",
    "bordered": "duplicate",
    "turned": "duplicate",
    "mirrored": "duplicate",
    "detail": "similar",
    "other_photograph": "similar",
    "different": "none",
}


@dataclass(frozen=True)
class Candidate:
    """A picture to compare with, and how to read it.

    distance: by descriptor; infinity if unknown. is_near: whether another signal, such as a hash, proposed it too.
    read: return its features and how to read its pixels, or None if its file cannot be read. rank: its best place in
    the lists of all signals, from 0.
    """

    print: Fingerprint
    distance: float
    is_near: bool
    read: Callable[[], Picture | None]
    rank: int = 0


@dataclass(frozen=True)
class Judgement:
    """What was found for one candidate. comparison: None if registration alone decided."""

    kind: Kind
    rule: Rule
    suggestion: Suggestion
    likeness: Likeness
    comparison: Comparison | None = None


def judge(one: Candidate, others: Sequence[Candidate], near: float) -> list[Judgement]:
    """Return a judgement of each of the others. Those up to the distance `near` are compared closely."""
    likenesses = registered(one.print, [other.print for other in others])
    found = [by_registration(likeness) for likeness in likenesses]
    chosen = worth_comparing(others, likenesses, near)
    picture = one.read() if chosen and not one.print.is_flat else None
    for place in chosen:
        other = None if others[place].print.is_flat else others[place].read()
        compared = closely(picture, other)
        if compared is not None:
            found[place] = by_features(likenesses[place], compared)
        else:
            distances, prints = [others[place].distance], [others[place].print]
            (closer,) = placement.compare(one.print, prints, distances, near)
            found[place] = by_registration(closer)
    return found


def closely(one: Picture | None, other: Picture | None) -> Comparison | None:
    """Compare by local features. Return None for pictures that are missing, unreadable or have too few features."""
    if one is None or other is None or not (one.has_features and other.has_features):
        return None
    try:
        return pair_comparison.compare(one, other)
    except OSError:  # a file that was there is gone or damaged; its features alone prove too little
        return None


def registered(one: Fingerprint, others: Sequence[Fingerprint]) -> list[Likeness]:
    """Return the likeness of each pair of thumbnails as they are. Flat pictures match nothing."""
    compared = [place for place, other in enumerate(others) if not (one.is_flat or other.is_flat)]
    found = [placement.NONE] * len(others)
    for place, likeness in zip(compared, placement.registered(one, [others[p] for p in compared]), strict=True):
        found[place] = likeness
    return found


def worth_comparing(others: Sequence[Candidate], likenesses: Sequence[Likeness], near: float) -> list[int]:
    """Return the indices of at most COMPARED_LIMIT candidates that may be copies, the most likely first."""
    chosen = [
        place
        for place, (other, likeness) in enumerate(zip(others, likenesses, strict=True))
        if other.is_near or other.distance <= near or likeness.suggestion != "none"
    ]

    def unlikeliness(place: int) -> tuple[bool, int, float]:
        likeness = likenesses[place]
        return likeness.suggestion == "none", others[place].rank, -likeness.correlation

    return sorted(chosen, key=unlikeliness)[:COMPARED_LIMIT]


def by_features(likeness: Likeness, found: Comparison) -> Judgement:
    """Judge by local features. If they do not align but the thumbnails agree, suggest "similar"."""
    suggestion = SUGGESTIONS[found.kind]
    if suggestion == "none" and likeness.suggestion == "duplicate":
        suggestion = "similar"
    shared = found.overlap
    if shared and found.kind == "mirrored" and not evidence.is_mirrored_whole(shared.of_one, shared.of_other):
        suggestion = "similar"
    return Judgement(found.kind, "features", suggestion, likeness, found)


def by_registration(likeness: Likeness) -> Judgement:
    """Judge by the registration of thumbnails."""
    kinds: dict[str, Kind] = {"": "reencoded", "mirrored": "mirrored", "detail": "detail"}
    kind = "different" if likeness.suggestion == "none" else kinds[likeness.relation]
    return Judgement(kind, "registration", likeness.suggestion, likeness)
