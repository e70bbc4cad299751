"""Pairs that may show one thing: found among the nearest by descriptor and by hash, weighed by evidence.

A verdict belongs to the pair of pictures and outlives every re-run, threshold and model: flagging again renews the
evidence of a pair, never what was decided. Deciding is in similarity.verdicts.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray
from pgvector.django import HammingDistance

from collection.models import ArtworkImage
from similarity import index
from similarity.models import DuplicatePair, Fingerprint, Space, Verdict
from similarity.vision import evidence, fingerprint, registration

CANDIDATES = 10  # nearest by descriptor, and as many by hash
WRITERS_LOCK = 0x6B696E  # any fixed number, for pg_advisory_xact_lock

Rgb = NDArray[np.uint8]


def one_writer_at_a_time() -> None:
    """Until the transaction ends: of two pictures written at the same time, the later one sees the earlier one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS_LOCK])


def remember(pictures: Mapping[int, Rgb]) -> None:
    """Keeps the fingerprints of pictures, by image id: (h, w, 3) uint8 sRGB, as decoding makes them."""
    prints = fingerprint.of(list(pictures.values()))
    Fingerprint.objects.bulk_create(
        [
            Fingerprint(image_id=pk, phash=one.bits, is_flat=one.is_flat, thumb=one.thumb, colours=one.colours)
            for pk, one in zip(pictures, prints, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["phash", "is_flat", "thumb", "colours"],
    )


def flag_near(space: Space, image_ids: Sequence[int]) -> None:
    """Puts into the queue what comes near these pictures, which are in the index and have fingerprints."""
    vectors = index.vectors_of(space, image_ids)
    prints = Fingerprint.objects.select_related("image").in_bulk(image_ids)
    pairs: dict[tuple[int, int], DuplicatePair] = {}
    for pk, one in prints.items():
        for pair in weigh(one, candidates(space, one, vectors.get(pk))):
            pairs[pair.low_id, pair.high_id] = pair
    DuplicatePair.objects.bulk_create(
        pairs.values(),
        update_conflicts=True,
        unique_fields=["low", "high"],
        update_fields=["is_identical", "hash_distance", "correlation", "suggested"],
    )


def candidates(space: Space, one: Fingerprint, vector: NDArray[np.float32] | None) -> list[Fingerprint]:
    """Pictures worth comparing: the nearest by descriptor, the nearest by hash, and those with the same pixels.

    Other views of the same work are none: a detail is no duplicate of its whole.
    """
    elsewhere = ~Q(image__artwork=one.image.artwork_id)
    near = [] if vector is None else index.nearest_images(space, vector, CANDIDATES, elsewhere)
    ids = {n.image_id for n in near} | set(near_by_hash(one, elsewhere)) | set(same_pixels(one.image))
    found = Fingerprint.objects.filter(elsewhere, pk__in=ids - {one.pk}).select_related("image")
    return list(found)


def near_by_hash(one: Fingerprint, among: Q) -> Iterable[int]:
    if one.is_flat:
        return []
    others = Fingerprint.objects.filter(among, is_flat=False).annotate(bits=HammingDistance("phash", one.phash))
    nearest = others.order_by("bits").values_list("pk", "bits")[:CANDIDATES]
    return [pk for pk, bits in nearest if bits <= evidence.NEAR_HASH_BITS]


def same_pixels(image: ArtworkImage) -> Iterable[int]:
    return ArtworkImage.objects.filter(pixel_digest=image.pixel_digest).values_list("pk", flat=True)


def weigh(one: Fingerprint, others: Sequence[Fingerprint]) -> list[DuplicatePair]:
    """The pairs of one picture with others for which the evidence is good enough to ask a person."""
    if not others:
        return []
    a, rest = restore(one), [restore(other) for other in others]
    correlations = registration.correlate(a.pixels, np.stack([b.pixels for b in rest])).tolist()
    pairs = []
    for other, b, correlation in zip(others, rest, correlations, strict=True):
        low, high = sorted((one.image, other.image), key=lambda image: image.pk)
        is_identical = low.pixel_digest == high.pixel_digest
        suggested = Verdict.DUPLICATE if is_identical else suggest(a, b, correlation)
        if suggested:
            pairs.append(
                DuplicatePair(
                    low=low,
                    high=high,
                    is_identical=is_identical,
                    hash_distance=fingerprint.hamming(a.phash, b.phash),
                    correlation=correlation,
                    suggested=suggested,
                )
            )
    return pairs


def suggest(a: fingerprint.Fingerprint, b: fingerprint.Fingerprint, correlation: float) -> Verdict | None:
    """What the evidence suggests, or None where it is not worth a look. Blank pictures suggest nothing."""
    if a.is_flat or b.is_flat:
        return None
    word = evidence.suggest(
        correlation, fingerprint.hamming(a.phash, b.phash), fingerprint.colour_distance(a.colours, b.colours)
    )
    return None if word == "none" else Verdict(word)


def restore(row: Fingerprint) -> fingerprint.Fingerprint:
    return fingerprint.Fingerprint(int(row.phash, 2), bytes(row.thumb), bytes(row.colours), row.is_flat)
