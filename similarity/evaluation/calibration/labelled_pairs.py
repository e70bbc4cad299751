"""Gather labelled pairs: the collection's own verdicts, and altered copies of its own pictures.

Altered copies are judged as uploads are (`similarity.vision.copies.judging`), on the CPU and without a network: their
candidates are their original and the works nearest to it. Pairs are yielded one by one, so memory stays small.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.db.models import Exists, OuterRef, Q
from PIL import Image

from collection.files import storage
from collection.models import ArtworkImage
from similarity.duplicates import compared_pictures, cuts, detection, proposals
from similarity.models import DuplicatePair, Fingerprint, Space, Verdict
from similarity.vision.copies import copy_alterations, fingerprint, judging, pair_comparison
from similarity.vision.copies.judging import Candidate, Judgement
from similarity.vision.pixels import decoding

SOURCE_PX = 1_200  # the derivative that is altered
NEIGHBOURS = 5  # nearest other works, with which copies are compared as different pictures
CHUNK = 2_000
Row = tuple[float, bool, bool]  # certainty, may be a duplicate by its kind, is a copy


@dataclass
class Skipped:
    """Numbers of what was left out.

    pictures: those without a readable derivative. neighbours: those that may be copies and are undecided.
    """

    pictures: int = 0
    neighbours: int = 0


def of_verdicts() -> Iterator[Row]:
    """Yield the decided pairs. Only the verdict "duplicate" makes a copy."""
    decided = DuplicatePair.objects.exclude(verdict=Verdict.UNDECIDED).order_by("pk")
    for pair in decided.iterator(CHUNK):
        yield cuts.certainty_of(pair), cuts.may_be_duplicate(pair), pair.verdict == Verdict.DUPLICATE


def choose(count: int, seed: int) -> list[int]:
    """Return the ids of at most `count` pictures in random order: of different works, and not blank."""
    prints = Fingerprint.objects.filter(is_flat=False, image__artwork__merged_into=None)
    firsts = prints.order_by("image__artwork_id", "image__position", "pk").distinct("image__artwork_id")
    ids = np.array(sorted(firsts.values_list("pk", flat=True)), np.int64)
    return [int(pk) for pk in np.random.default_rng(seed).permutation(ids)[:count]]


def of_altered(space: Space, image_id: int, names: Sequence[str], near: float, skipped: Skipped) -> Iterator[Row]:
    """Yield the pairs of one picture: each copy with its original, and with one of the picture's nearest works."""
    one = Fingerprint.objects.select_related("image").filter(pk=image_id).first()
    original = None if one is None else read(one.image)
    if one is None or original is None:
        skipped.pictures += 1
        return
    neighbours = [to_compare(other) for other in different_pictures(space, one, skipped)]
    for number, name in enumerate(names):
        copy = uploaded(copy_alterations.alter(original, name, image_id))
        others = [to_compare(one), *neighbours[number % len(neighbours) :][:1]] if neighbours else [to_compare(one)]
        for place, seen in enumerate(judging.judge(copy, others, near)):
            yield *scored(seen), place == 0


def read(image: ArtworkImage) -> Image.Image | None:
    """Return the largest derivative of a picture in mode RGB, or None if it is missing or damaged."""
    try:
        with Image.open(storage.derivative(image.sha256, SOURCE_PX, "webp")) as file:
            return file.convert("RGB")
    except OSError:
        return None


def uploaded(picture: Image.Image) -> Candidate:
    """Return an altered copy in the form of an upload that other signals have proposed too."""
    (print_,) = fingerprint.of([np.asarray(decoding.small_copy(picture))])
    read_once = pair_comparison.read(picture)
    return Candidate(print_, 0.0, is_near=True, read=lambda: read_once)


def to_compare(row: Fingerprint) -> Candidate:
    return Candidate(proposals.restore(row), 0.0, is_near=True, read=partial(compared_pictures.read, row.image))


def different_pictures(space: Space, one: Fingerprint, skipped: Skipped) -> list[Fingerprint]:
    """Return the nearest pictures of other works that are no copies. Leave out those that may be copies."""
    found = proposals.find(proposals.vectors_in(space, [one.pk]), proposals.Vectors(None), one)
    found.sort(key=lambda each: each.signals.get(proposals.MATCH, np.inf))
    near = [each.print for each in found if not each.print.is_flat][:NEIGHBOURS]
    suspected = perhaps_copies(one, near)
    skipped.neighbours += len(suspected)
    return [each for each in near if each.pk not in suspected]


def perhaps_copies(one: Fingerprint, others: Sequence[Fingerprint]) -> set[int]:
    """Return those of these pictures that are copies of one, or that form an undecided pair with it."""
    pair = DuplicatePair.objects.filter(
        Q(low=one.pk, high=OuterRef("pk")) | Q(high=one.pk, low=OuterRef("pk")),
        verdict__in=(Verdict.UNDECIDED, Verdict.DUPLICATE),
    )
    images = ArtworkImage.objects.filter(pk__in=[each.pk for each in others])
    suspected = images.filter(Q(Exists(pair)) | Q(pixel_digest=one.image.pixel_digest))
    return set(suspected.values_list("pk", flat=True))


def scored(seen: Judgement) -> tuple[float, bool]:
    """Return the certainty of a judgement, 0 if it would not reach the queue, and if it may be a duplicate."""
    if seen.suggestion == "none":
        return 0.0, False
    pair = detection.evidence_of(seen)
    return cuts.certainty_of(pair), cuts.may_be_duplicate(pair)
