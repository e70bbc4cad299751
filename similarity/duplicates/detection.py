"""Find pairs of pictures that may be duplicates, and store them with their evidence.

Indexes propose candidates (`proposals`); local features and registered thumbnails judge them
(`similarity.vision.copies.judging`). A verdict belongs to the pair of pictures. Flagging the pair again, also with
another threshold or network, updates its evidence if the pair is still suggested, and never its verdict. An undecided
pair that local features refute is withdrawn. People decide by `similarity.duplicates.review.verdicts`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from django.db import connection
from django.db.models import Q

from collection.merging import merge_locks
from similarity.duplicates import compared_pictures, cuts, grouping, placeholders, proposals, withdrawing
from similarity.duplicates.proposals import Candidate
from similarity.models import TWIN_BITS, DuplicatePair, Fingerprint, Kind, Rule, Space, Verdict
from similarity.spaces import lifecycle
from similarity.vision.copies import fingerprint, judging, pair_comparison
from similarity.vision.copies.judging import Judgement
from similarity.vision.lenses import REGIONS

VERY_NEAR_PER_MILLE = 3  # of random pairs; pairs as near as these are compared closely
# Several workers can hold this lock. It does not wait for a deletion, which in turn would wait for the pairs.
HOLD = "SELECT id FROM collection_artworkimage WHERE id = ANY(%s) FOR KEY SHARE SKIP LOCKED"
EVIDENCE = [
    "is_identical", "relation", "hash_distance", "correlation", "kind", "rule", "inliers", "low_share", "high_share",
    "colour_difference", "alike_share", "colour_distance", "homography", "signals", "certainty", "suggested",
]  # fmt: skip


def store_fingerprints(prints: Mapping[int, fingerprint.Fingerprint], twins: Mapping[int, str]) -> None:
    """Store the fingerprints of pictures, by image id, with their twin values if known. Replace stored ones."""
    rows = [
        Fingerprint(image_id=pk, phash=one.bits, is_flat=one.is_flat, thumb=one.thumb, colours=one.colours)
        for pk, one in prints.items()
    ]
    for row in rows:
        row.twin, row.twin_bits = twin_columns(twins.get(row.image_id, ""))
    Fingerprint.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["phash", "is_flat", "thumb", "colours", "twin", "twin_bits"],
    )


def store_twins(twins: Mapping[int, str]) -> None:
    """Store twin values, by image id, in fingerprints that exist. Flat pictures keep none."""
    for pk, value in twins.items():
        twin, bits = twin_columns(value)
        Fingerprint.objects.filter(pk=pk, is_flat=False).update(twin=twin, twin_bits=bits)


def twin_columns(value: str) -> tuple[str, str | None]:
    """Return the values of the columns `twin` and `twin_bits` for a twin value, which may be empty."""
    return value, f"{int(value, 16):0{TWIN_BITS}b}" if value else None


def without_twin(image_ids: Iterable[int]) -> set[int]:
    """Return the ids of those of these pictures that still need a twin value. Flat pictures never get one."""
    ids = set(image_ids)
    settled = Fingerprint.objects.filter(Q(is_flat=True) | ~Q(twin=""), pk__in=ids)
    return ids - set(settled.values_list("pk", flat=True))


def with_fingerprint(image_ids: Iterable[int]) -> set[int]:
    """Return the ids of these pictures that have a fingerprint."""
    return set(Fingerprint.objects.filter(pk__in=image_ids).values_list("pk", flat=True))


def flag_near(space: Space, image_ids: Sequence[int]) -> None:
    """Find and store the possible duplicates of these pictures, which must have fingerprints and vectors in the space.

    Call it inside a transaction. The other picture of a pair is locked, or left out if it is being deleted.
    """
    match, regions = (proposals.vectors_in(each, image_ids) for each in (space, lifecycle.live(REGIONS)))
    prints = Fingerprint.objects.select_related("image").in_bulk(image_ids)
    near = very_near(space)
    found = strongest(pair for one in prints.values() for pair in weigh(one, proposals.find(match, regions, one), near))
    again = look_again([pair for pair in found if not pair.suggested], near)
    pairs = [pair for pair in (*found, *again) if pair.suggested]
    refuted = [pair for pair in again if not pair.suggested]
    if pairs:
        merge_locks.keep_out()  # a merge locks its pictures, and `hold` would take them for deleted ones
    there = hold({pk for pair in pairs for pk in (pair.low_id, pair.high_id)})
    kept = [pair for pair in pairs if {pair.low_id, pair.high_id} <= there]
    if kept or refuted:
        grouping.lock()
        withdrawn = withdrawing.withdraw(refuted, EVIDENCE)
        grouping.regroup(store(kept) | withdrawn)


def store(pairs: Sequence[DuplicatePair]) -> set[int]:
    """Store pairs, or the new evidence of pairs that are stored, under `grouping.lock`. Return their pictures."""
    cuts.suggest(pairs)
    DuplicatePair.objects.bulk_create(
        pairs, update_conflicts=True, unique_fields=["low", "high"], update_fields=EVIDENCE
    )
    pictures = {pk for pair in pairs for pk in (pair.low_id, pair.high_id)}
    placeholders.note(pictures)
    return pictures


def hold(image_ids: Iterable[int]) -> set[int]:
    """Lock these pictures against deletion until the transaction ends. Return those that are not being deleted.

    If a deletion fails, its picture lacks the pair until `flag_duplicates` is run again.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(image_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def weigh(one: Fingerprint, found: Sequence[Candidate], near: float) -> list[DuplicatePair]:
    """Return the pairs of one picture with its candidates. Those that are not worth a review have no suggestion."""
    judgements = judging.judge(to_judge(Candidate(one)), [to_judge(other) for other in found], near)
    return [pair_of(one, other, seen) for other, seen in zip(found, judgements, strict=True)]


def look_again(doubted: Sequence[DuplicatePair], near: float) -> list[DuplicatePair]:
    """Compare from both sides those of these pairs that are stored and undecided, and that local features refute.

    An alignment may succeed from one side alone. Return the pairs that a side confirms, and those that both refute.
    """
    compared = [pair for pair in doubted if pair.inliers is not None]
    stored = set(withdrawing.open_among(compared).values_list("low", "high")) if compared else set()
    again = [pair for pair in compared if (pair.low_id, pair.high_id) in stored]
    prints = Fingerprint.objects.select_related("image").in_bulk({pk for key in stored for pk in key})
    found = []
    for pair in again:
        low, high = prints.get(pair.low_id), prints.get(pair.high_id)
        sides = [beside(low, high, pair, near), beside(high, low, pair, near)] if low and high else []
        if any(side.suggested for side in sides) or all(side.inliers is not None for side in sides):
            found += strongest(sides)
    return found


def beside(one: Fingerprint, other: Fingerprint, pair: DuplicatePair, near: float) -> DuplicatePair:
    """Return the pair of two pictures, the second laid over the first. The signals are those that are known of it."""
    candidate = Candidate(other, pair.signals)
    (seen,) = judging.judge(to_judge(Candidate(one)), [replace(to_judge(candidate), is_near=True)], near)
    return pair_of(one, candidate, seen)


def to_judge(candidate: Candidate) -> judging.Candidate:
    signals = candidate.signals
    return judging.Candidate(
        proposals.restore(candidate.print),
        signals.get(proposals.MATCH, math.inf),
        is_near=bool(signals.keys() - {proposals.MATCH}),
        rank=candidate.rank,
        read=partial(compared_pictures.read, candidate.print.image),
    )


def pair_of(one: Fingerprint, other: Candidate, seen: Judgement) -> DuplicatePair:
    """Return the pair of a picture and a candidate, without a suggestion if it is not worth a review."""
    low, high = sorted((one.image, other.print.image), key=lambda image: image.pk)
    pair = evidence_of(seen, is_low_first=low == one.image)
    pair.low, pair.high, pair.signals = low, high, other.signals
    pair.is_identical = low.pixel_digest == high.pixel_digest
    if pair.is_identical and not one.is_flat:
        is_one_file = low.sha256 == high.sha256
        pair.kind, pair.rule = (Kind.SAME_FILE, Rule.BYTES) if is_one_file else (Kind.SAME_PIXELS, Rule.PIXELS)
        pair.suggested = Verdict.DUPLICATE
    pair.certainty = cuts.certainty_of(pair)
    return pair


def evidence_of(seen: Judgement, *, is_low_first: bool = True) -> DuplicatePair:
    """Return a pair without pictures, with the evidence of a judgement from the flagged picture to its candidate."""
    pair = DuplicatePair(
        kind=seen.kind, rule=seen.rule, relation=seen.likeness.relation, hash_distance=seen.likeness.hash_distance,
        correlation=seen.likeness.correlation, colour_distance=seen.likeness.colour_distance,
        suggested="" if seen.suggestion == "none" else seen.suggestion,
    )  # fmt: skip
    add_comparison(pair, seen, is_low_first=is_low_first)
    return pair


def add_comparison(pair: DuplicatePair, seen: Judgement, *, is_low_first: bool) -> None:
    """Store the measurements of local features. They were taken from the flagged picture to its candidate."""
    found = seen.comparison
    if found is None:
        return
    pair.inliers = found.inliers
    pair.relation = relation_of(pair.kind)
    if pair.relation:
        pair.hash_distance = None  # it compares the pictures as they are, not mirrored or as parts
    if found.overlap is None or found.homography is None:
        return
    shares = found.overlap.of_one, found.overlap.of_other
    pair.low_share, pair.high_share = shares if is_low_first else shares[::-1]
    pair.colour_difference = found.overlap.colour
    pair.alike_share = found.overlap.alike
    pair.correlation = found.overlap.structure
    pair.homography = pair_comparison.oriented(found, is_forward=is_low_first)


def relation_of(kind: str) -> str:
    """Return the relation of the pictures of a pair of this kind; "" for most kinds."""
    return {"mirrored": DuplicatePair.Relation.MIRRORED, "detail": DuplicatePair.Relation.DETAIL}.get(kind, "")


def strongest(found: Iterable[DuplicatePair]) -> list[DuplicatePair]:
    """Return each pair once, sorted by ids. A pair that was found from both pictures keeps the stronger evidence."""
    pairs: dict[tuple[int, int], DuplicatePair] = {}
    for pair in found:
        key = pair.low_id, pair.high_id
        pairs[key] = max(pairs.get(key, pair), pair, key=strength)
    return [pairs[key] for key in sorted(pairs)]


def strength(pair: DuplicatePair) -> tuple[bool, bool, float]:
    """Return a sort key, greater for stronger evidence."""
    return pair.suggested != "", pair.suggested == Verdict.DUPLICATE, pair.certainty


def very_near(space: Space) -> float:
    """Return the distance up to which a pair counts as very near; infinity while the space has no quantiles."""
    return space.quantiles[VERY_NEAR_PER_MILLE] if space.quantiles else math.inf
