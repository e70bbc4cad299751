"""Find pairs of pictures that may be duplicates: candidates by descriptor, hash and pixels, then their evidence.

A verdict belongs to the pair of pictures. Flagging the pair again, also with another threshold or network, updates its
evidence if the pair is still suggested, and never its verdict. People decide by `similarity.duplicates.verdicts`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from django.db import connection
from django.db.models import F, Q
from numpy.typing import NDArray
from pgvector.django import HammingDistance

from collection.models import ArtworkImage
from similarity.index import query_filters, store
from similarity.models import DuplicatePair, Fingerprint, Space, Verdict
from similarity.vision.copies import evidence, fingerprint, placement
from similarity.vision.copies.placement import Likeness

CANDIDATES = 10  # nearest by descriptor, and as many by hash
HASH_CANDIDATES = 100  # length of the list that the index of hashes keeps while it searches
VERY_NEAR_PER_MILLE = 1  # of random pairs; pairs as near as these are also compared mirrored and as details
# Several workers can hold this lock. It does not wait for a deletion, which in turn would wait for the pairs.
HOLD = "SELECT id FROM collection_artworkimage WHERE id = ANY(%s) FOR KEY SHARE SKIP LOCKED"
SAME_PIXELS_LIMIT = 20  # one placeholder picture may stand for hundreds of works


def store_fingerprints(prints: Mapping[int, fingerprint.Fingerprint]) -> None:
    """Store the fingerprints of pictures, by image id. Replace stored ones."""
    Fingerprint.objects.bulk_create(
        [
            Fingerprint(image_id=pk, phash=one.bits, is_flat=one.is_flat, thumb=one.thumb, colours=one.colours)
            for pk, one in prints.items()
        ],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["phash", "is_flat", "thumb", "colours"],
    )


def with_fingerprint(image_ids: Iterable[int]) -> set[int]:
    """Return the ids of these pictures that have a fingerprint."""
    return set(Fingerprint.objects.filter(pk__in=image_ids).values_list("pk", flat=True))


def flag_near(space: Space, image_ids: Sequence[int]) -> None:
    """Find and store the possible duplicate pairs of these pictures, which must have vectors here and fingerprints.

    Call it inside a transaction. The other picture of a pair is locked, or left out if it is being deleted.
    """
    vectors = store.vectors_of(space, image_ids)
    prints = Fingerprint.objects.select_related("image").in_bulk(image_ids)
    near = very_near(space)
    found = (pair for pk, one in prints.items() for pair in weigh(one, candidates(space, one, vectors.get(pk)), near))
    pairs = strongest(found)
    there = hold({pk for pair in pairs for pk in (pair.low_id, pair.high_id)})
    DuplicatePair.objects.bulk_create(
        [pair for pair in pairs if {pair.low_id, pair.high_id} <= there],
        update_conflicts=True,
        unique_fields=["low", "high"],
        update_fields=["is_identical", "relation", "hash_distance", "correlation", "suggested"],
    )


def hold(image_ids: Iterable[int]) -> set[int]:
    """Keep these pictures from being deleted until the transaction ends. Leave out those that are being deleted.

    If such a deletion fails, its picture lacks the pair until `flag_duplicates` is run again.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(image_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def candidates(space: Space, one: Fingerprint, vector: NDArray[np.float32] | None) -> dict[Fingerprint, float]:
    """Return pictures to compare, with their distances by descriptor; infinity for those found only in another way.

    They are the nearest by descriptor, the nearest by hash, and those with the same pixels. Other views of the same
    work are left out.
    """
    elsewhere = ~Q(image__artwork=one.image.artwork_id)
    others = query_filters.without_works([one.image.artwork_id])
    near = [] if vector is None else store.nearest_images(space, vector, CANDIDATES, others)
    distances = dict.fromkeys([*near_by_hash(one, elsewhere), *same_pixels(one.image)], math.inf)
    distances |= {neighbour.image_id: neighbour.distance for neighbour in near}
    found = Fingerprint.objects.filter(elsewhere, pk__in=distances.keys() - {one.pk}).select_related("image")
    return {other: distances[other.pk] for other in found}


def near_by_hash(one: Fingerprint, among: Q) -> Iterable[int]:
    """Return pictures with a near perceptual hash. Exact where the index gives too few, as behind a filter."""
    if one.is_flat:
        return []
    others = Fingerprint.objects.filter(among, is_flat=False).annotate(bits=HammingDistance("phash", one.phash))
    rows = others.values_list("pk", "bits")
    nearest = store.rows_of(*rows.order_by("bits")[:CANDIDATES].query.sql_with_params(), HASH_CANDIDATES)
    if len(nearest) < CANDIDATES:
        nearest = list(rows.order_by(F("bits") + 0.0)[:CANDIDATES])  # an order that no index serves
    return [pk for pk, bits in nearest if bits <= evidence.NEAR_HASH_BITS]


def same_pixels(image: ArtworkImage) -> Iterable[int]:
    """Return pictures of other works with the same pixels, SAME_PIXELS_LIMIT at most."""
    same = ArtworkImage.objects.filter(pixel_digest=image.pixel_digest).exclude(artwork=image.artwork_id)
    return same.values_list("pk", flat=True)[:SAME_PIXELS_LIMIT]


def weigh(one: Fingerprint, others: Mapping[Fingerprint, float], near: float) -> list[DuplicatePair]:
    """Return the pairs of one picture with others whose evidence is strong enough for the review queue.

    `others` maps each to its distance by descriptor. Those up to `near` are also compared mirrored and as details.
    """
    found = placement.compare(restore(one), [restore(other) for other in others], list(others.values()), near)
    pairs = []
    for other, seen in zip(others, found, strict=True):
        low, high = sorted((one.image, other.image), key=lambda image: image.pk)
        is_identical = low.pixel_digest == high.pixel_digest
        suggested = suggest(seen, is_identical=is_identical and not one.is_flat)
        if suggested:
            pairs.append(
                DuplicatePair(
                    low=low,
                    high=high,
                    is_identical=is_identical,
                    relation=seen.relation,
                    hash_distance=seen.hash_distance,
                    correlation=seen.correlation,
                    suggested=suggested,
                )
            )
    return pairs


def strongest(found: Iterable[DuplicatePair]) -> list[DuplicatePair]:
    """Return each pair once, sorted by ids. A pair that was found from both pictures keeps the stronger evidence."""
    pairs: dict[tuple[int, int], DuplicatePair] = {}
    for pair in found:
        key = pair.low_id, pair.high_id
        pairs[key] = max(pairs.get(key, pair), pair, key=strength)
    return [pairs[key] for key in sorted(pairs)]


def strength(pair: DuplicatePair) -> tuple[bool, float]:
    """Return a sort key, greater for stronger evidence."""
    return pair.suggested == Verdict.DUPLICATE, pair.correlation


def suggest(seen: Likeness, *, is_identical: bool) -> Verdict | None:
    """Return the verdict that the evidence suggests, or None if the pair is not worth a review."""
    if is_identical:
        return Verdict.DUPLICATE
    return None if seen.suggestion == "none" else Verdict(seen.suggestion)


def very_near(space: Space) -> float:
    """Return the distance up to which a pair counts as very near; infinity while the space has no quantiles."""
    return space.quantiles[VERY_NEAR_PER_MILLE] if space.quantiles else math.inf


def restore(row: Fingerprint) -> fingerprint.Fingerprint:
    """Return a stored fingerprint in the form that `similarity.vision.copies` compares."""
    return fingerprint.Fingerprint(int(row.phash, 2), bytes(row.thumb), bytes(row.colours), row.is_flat)
