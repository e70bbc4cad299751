"""Find the pictures that one may be a copy of. Each signal has an index, so large collections cost little more."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import F, Q, QuerySet
from numpy.typing import NDArray
from pgvector.django import HammingDistance

from collection.models import ArtworkImage
from similarity.index import query_filters, store
from similarity.models import Fingerprint, Space
from similarity.vision.copies import evidence, fingerprint

NEAREST = 10  # by descriptor, by hash and by twin value each
HASH_LIST = 100  # length of the list that an index of hashes or twin values keeps while it searches
SAME_LIMIT = 20  # pictures with equal pixels or twin values; one placeholder may stand for hundreds of works
EQUAL_KEPT = 2  # pictures with equal pixels; the second is there in case the first is deleted

# The names of signals in `DuplicatePair.signals`.
MATCH = "match_distance"  # in the space that finds copies
HASH = "hash_bits"  # of 64 that differ
TURNED_HASH = "turned_hash_bits"  # the same for the best of the eight orientations
TWIN = "twin_bits"  # of 48 that differ in the twin value
PIXELS = "same_pixels"
SIGNALS = (MATCH, HASH, TURNED_HASH, TWIN, PIXELS)


@dataclass
class Candidate:
    """A picture that may be a copy, with the value of each signal that proposed it, by name."""

    print: Fingerprint
    signals: dict[str, float] = field(default_factory=dict)


def find(space: Space, one: Fingerprint, vector: NDArray[np.float32] | None) -> list[Candidate]:
    """Return the pictures of other works that may be copies of one picture, which is also proposed by `vector` (D,)."""
    found_by = {
        MATCH: {} if vector is None else near_by_vector(space, one, vector),
        HASH: near_by_hash(one),
        TURNED_HASH: near_by_turned_hash(one),
        TWIN: near_by_twin(one),
        PIXELS: same_pixels(one.image),
    }
    signals: dict[int, dict[str, float]] = {}
    for name in SIGNALS:
        for pk, value in found_by[name].items():
            signals.setdefault(pk, {})[name] = value
    prints = others_than(one).filter(pk__in=signals).select_related("image").order_by("pk")
    return [Candidate(other, signals[other.pk]) for other in few_of_each(prints)]


def few_of_each(prints: Iterable[Fingerprint]) -> list[Fingerprint]:
    """Return at most EQUAL_KEPT of the pictures with equal pixels, those added first.

    All copies of a placeholder are paired with the same first ones, so that a thousand of them are one case.
    """
    counts: Counter[str] = Counter()
    kept = []
    for each in prints:
        counts[each.image.pixel_digest] += 1
        if counts[each.image.pixel_digest] <= EQUAL_KEPT:
            kept.append(each)
    return kept


def others_than(one: Fingerprint) -> QuerySet[Fingerprint]:
    """Return the fingerprints of other works' pictures: several views of one work are no duplicates."""
    return Fingerprint.objects.exclude(image__artwork=one.image.artwork_id)


def near_by_vector(space: Space, one: Fingerprint, vector: NDArray[np.float32]) -> Mapping[int, float]:
    """Return the distance of each of the nearest pictures."""
    found = store.nearest_images(space, vector, NEAREST, query_filters.without_works([one.image.artwork_id]))
    return {neighbour.image_id: neighbour.distance for neighbour in found}


def near_by_hash(one: Fingerprint) -> Mapping[int, float]:
    """Return the differing bits of each picture with a near perceptual hash."""
    return {} if one.is_flat else nearest_hashes(one, restore(one).phash)


def near_by_turned_hash(one: Fingerprint) -> Mapping[int, float]:
    """Return the differing bits of each picture with a hash near to the picture mirrored or turned by quarters."""
    best: dict[int, float] = {}
    if one.is_flat:
        return best
    for phash in fingerprint.orientations(restore(one))[1:]:
        for pk, bits in nearest_hashes(one, phash).items():
            best[pk] = min(bits, best.get(pk, bits))
    return best


def nearest_hashes(one: Fingerprint, phash: int) -> dict[int, float]:
    """Return the differing bits of the pictures whose hash is near."""
    others = others_than(one).filter(is_flat=False)
    rows = others.annotate(bits=HammingDistance("phash", f"{phash:064b}"))
    return {pk: bits for pk, bits in nearest(rows) if bits <= evidence.NEAR_HASH_BITS}


def near_by_twin(one: Fingerprint) -> Mapping[int, float]:
    """Return the differing bits of each picture with an equal or a near twin value."""
    if not one.twin:
        return {}
    near = {pk: bits for pk, bits in nearest(by_twin(one)) if bits <= evidence.NEAR_TWIN_BITS}
    equal = others_than(one).filter(twin=one.twin).order_by("pk").values_list("pk", flat=True)
    return near | dict.fromkeys(equal[:SAME_LIMIT], 0.0)


def by_twin(one: Fingerprint) -> QuerySet[Any]:
    """Return the other works' pictures that have a twin value, with `bits`, the number that differ from one's."""
    others = others_than(one).filter(is_flat=False, twin_bits__isnull=False)
    return others.annotate(bits=HammingDistance("twin_bits", one.twin_bits))


def nearest(rows: QuerySet[Any]) -> list[tuple[int, float]]:
    """Return id and `bits` of the NEAREST of these pictures by their index. Exact where the index gives too few."""
    pairs = rows.values_list("pk", "bits")
    found = store.rows_of(*pairs.order_by("bits")[:NEAREST].query.sql_with_params(), HASH_LIST)
    if len(found) < NEAREST:
        found = list(pairs.order_by(F("bits") + 0.0)[:NEAREST])  # an order that no index serves
    return found


def same_pixels(image: ArtworkImage) -> Mapping[int, float]:
    """Return pictures of other works with the same pixels, SAME_LIMIT at most."""
    same = ArtworkImage.objects.filter(~Q(artwork=image.artwork_id), pixel_digest=image.pixel_digest).order_by("pk")
    return dict.fromkeys(same.values_list("pk", flat=True)[:SAME_LIMIT], 1.0)


def restore(row: Fingerprint) -> fingerprint.Fingerprint:
    """Return a stored fingerprint in the form that `similarity.vision.copies` compares."""
    return fingerprint.Fingerprint(int(row.phash, 2), bytes(row.thumb), bytes(row.colours), row.is_flat)
