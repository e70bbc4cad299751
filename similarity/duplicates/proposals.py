"""Find the pictures of which a picture may be a copy. Each signal has an index, so a large collection costs little."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from numpy.typing import NDArray
from pgvector.django import HammingDistance

from collection.models import ArtworkImage
from similarity.index import query_filters, store
from similarity.models import Fingerprint, Space
from similarity.vision.copies import evidence, fingerprint

NEAREST = 10  # by descriptor, by hash and by twin value each
REGIONS_NEAREST = 8  # pictures of which a picture may be a part, and as many that may be a part of it
HASH_LIST = 100  # length of the list that an index of hashes or twin values keeps while it searches
SAME_LIMIT = 20  # pictures with equal pixels or twin values; one placeholder may stand for hundreds of works
EQUAL_KEPT = 2  # pictures with equal pixels; the second serves if the first is deleted

# The names of signals in `DuplicatePair.signals`.
MATCH = "match_distance"  # in the space that finds copies
REGION = "region_distance"  # of one picture to a window of the other
HASH = "hash_bits"  # of 64 that differ
TURNED_HASH = "turned_hash_bits"  # the same for the best of the eight orientations
TWIN = "twin_bits"  # of 48 that differ in the twin value
PIXELS = "same_pixels"
SIGNALS = (MATCH, REGION, HASH, TURNED_HASH, TWIN, PIXELS)


@dataclass(frozen=True)
class Vectors:
    """The vectors of pictures in a space, by image id. space: None before a worker has opened it.

    wholes: (D,) float32 of each whole picture. windows: (P, D) float32 of the windows of each, in the space of regions.
    """

    space: Space | None
    wholes: Mapping[int, NDArray[np.float32]] = field(default_factory=dict)
    windows: Mapping[int, NDArray[np.float32]] = field(default_factory=dict)


def vectors_in(space: Space | None, image_ids: Sequence[int]) -> Vectors:
    """Return the stored vectors of these pictures in a space."""
    if space is None:
        return Vectors(None)
    windows = store.regions_of(space, image_ids) if space.parts > 1 else {}
    return Vectors(space, store.vectors_of(space, image_ids), windows)


@dataclass
class Candidate:
    """A picture that may be a copy, with the value of each signal that proposed it, by name.

    rank: its best place in the lists of all signals, from 0.
    """

    print: Fingerprint
    signals: dict[str, float] = field(default_factory=dict)
    rank: int = 0


def find(match: Vectors, regions: Vectors, one: Fingerprint) -> list[Candidate]:
    """Return the pictures of other works that may be copies of one picture.

    match, regions: the spaces of these lenses, with this picture's vectors.
    """
    found_by = [
        (MATCH, near_by_vector(match, one)),
        (REGION, containing(regions, one)),
        (REGION, contained(regions, one)),
        *near_by_hash(one),
        (TWIN, near_by_twin(one)),
        (PIXELS, same_pixels(one.image)),
    ]
    signals, ranks = joined(found_by)
    prints = others_than(one).filter(pk__in=signals).select_related("image")
    prints = prints.order_by(merged_last("image__artwork__"), "pk")
    return [Candidate(other, signals[other.pk], ranks[other.pk]) for other in few_of_each(prints)]


def joined(found_by: Iterable[tuple[str, Mapping[int, float]]]) -> tuple[dict[int, dict[str, float]], dict[int, int]]:
    """Return the values of the signals by name, and the best rank from 0, of each picture by id.

    found_by: lists of a signal's name and its values by picture. In each list a smaller value is nearer. Of a signal
    with several lists, the smallest value of a picture is kept.
    """
    signals: dict[int, dict[str, float]] = {}
    ranks: dict[int, int] = {}
    for name, values in found_by:
        for rank, pk in enumerate(sorted(values, key=lambda pk: (values[pk], pk))):
            known = signals.setdefault(pk, {})
            known[name] = min(values[pk], known.get(name, values[pk]))
            ranks[pk] = min(rank, ranks.get(pk, rank))
    return signals, ranks


def few_of_each(prints: Iterable[Fingerprint]) -> list[Fingerprint]:
    """Return at most EQUAL_KEPT of the pictures with equal pixels, those first in the input.

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
    """Return the fingerprints of other works' pictures. Several views of one work are no duplicates."""
    return Fingerprint.objects.exclude(image__artwork=one.image.artwork_id)


def merged_last(prefix: str) -> OrderBy:
    """Return an order that puts pictures of merged works last, so that they take no place from others in short lists.

    They stay candidates: the kept work may have no other picture that the copy resembles.
    """
    return F(f"{prefix}merged_into").asc(nulls_first=True)


def near_by_vector(match: Vectors, one: Fingerprint) -> Mapping[int, float]:
    """Return the distance of each of the nearest pictures; none if this one has no vector."""
    if match.space is None or one.pk not in match.wholes:
        return {}
    others = query_filters.without_works([one.image.artwork_id])
    return distances(store.nearest_images(match.space, match.wholes[one.pk], NEAREST, others))


def containing(regions: Vectors, one: Fingerprint) -> Mapping[int, float]:
    """Return the distance of each picture of which this one may be a part: those with the nearest windows."""
    if regions.space is None or one.is_flat or one.pk not in regions.wholes:
        return {}
    others = query_filters.without_works([one.image.artwork_id])
    return distances(store.nearest_by_regions(regions.space, regions.wholes[one.pk], REGIONS_NEAREST, others))


def contained(regions: Vectors, one: Fingerprint) -> Mapping[int, float]:
    """Return the distance of each picture that may be a part of this one: the nearest to any of its windows."""
    if regions.space is None or one.is_flat or one.pk not in regions.windows:
        return {}
    others = query_filters.without_works([one.image.artwork_id])
    return distances(store.nearest_to_regions(regions.space, regions.windows[one.pk], REGIONS_NEAREST, others))


def distances(found: Iterable[store.Neighbour]) -> dict[int, float]:
    return {neighbour.image_id: neighbour.distance for neighbour in found}


def near_by_hash(one: Fingerprint) -> list[tuple[str, dict[int, float]]]:
    """Return the differing bits of the pictures with a near perceptual hash, for each of the eight orientations."""
    if one.is_flat:
        return []
    lists = nearest_hashes(one, fingerprint.orientations(restore(one)))
    return [(TURNED_HASH if place else HASH, found) for place, found in enumerate(lists)]


def nearest_hashes(one: Fingerprint, hashes: Sequence[int]) -> list[dict[int, float]]:
    """Return for each of these hashes the differing bits of the pictures whose hash is near. One query by the index."""
    others = others_than(one).filter(is_flat=False)
    by_hash = [others.annotate(bits=HammingDistance("phash", f"{phash:064b}")) for phash in hashes]
    rows = [
        each.annotate(place=Value(place)).order_by("bits").values_list("place", "pk", "bits")[:NEAREST]
        for place, each in enumerate(by_hash)
    ]
    found: list[dict[int, float]] = [{} for _ in hashes]
    for place, pk, bits in store.rows_of(*rows[0].union(*rows[1:], all=True).query.sql_with_params(), HASH_LIST):
        found[place][pk] = bits
    for place, each in enumerate(by_hash):
        if len(found[place]) < NEAREST:
            found[place] = dict(exactly_nearest(each))
    return [{pk: bits for pk, bits in each.items() if bits <= evidence.NEAR_HASH_BITS} for each in found]


def near_by_twin(one: Fingerprint) -> Mapping[int, float]:
    """Return the differing bits of each picture with an equal or a near twin value."""
    if not one.twin:
        return {}
    near = {pk: bits for pk, bits in nearest(by_twin(one)) if bits <= evidence.NEAR_TWIN_BITS}
    equal = others_than(one).filter(twin=one.twin).order_by(merged_last("image__artwork__"), "pk")
    return near | dict.fromkeys(equal.values_list("pk", flat=True)[:SAME_LIMIT], 0.0)


def by_twin(one: Fingerprint) -> QuerySet[Any]:
    """Return the other works' pictures that have a twin value. `bits` is the number of bits that differ."""
    others = others_than(one).filter(is_flat=False, twin_bits__isnull=False)
    return others.annotate(bits=HammingDistance("twin_bits", one.twin_bits))


def nearest(rows: QuerySet[Any]) -> list[tuple[int, float]]:
    """Return id and `bits` of the NEAREST of these pictures by their index, or exactly if the index finds too few."""
    pairs = rows.values_list("pk", "bits").order_by("bits")[:NEAREST]
    found = store.rows_of(*pairs.query.sql_with_params(), HASH_LIST)
    return found if len(found) >= NEAREST else exactly_nearest(rows)


def exactly_nearest(rows: QuerySet[Any]) -> list[tuple[int, float]]:
    """Return id and `bits` of the NEAREST of these pictures, compared with all."""
    return list(rows.values_list("pk", "bits").order_by(F("bits") + 0.0)[:NEAREST])  # an order that no index serves


def same_pixels(image: ArtworkImage) -> Mapping[int, float]:
    """Return pictures of other works with the same pixels, SAME_LIMIT at most."""
    same = ArtworkImage.objects.filter(~Q(artwork=image.artwork_id), pixel_digest=image.pixel_digest)
    same = same.order_by(merged_last("artwork__"), "pk")
    return dict.fromkeys(same.values_list("pk", flat=True)[:SAME_LIMIT], 1.0)


def restore(row: Fingerprint) -> fingerprint.Fingerprint:
    """Return a stored fingerprint in the form that `similarity.vision.copies` compares."""
    return fingerprint.Fingerprint(int(row.phash, 2), bytes(row.thumb), bytes(row.colours), row.is_flat)
