"""Pack picture files into a bundle: reduce them, group them by work, and split the works by a hash of their names."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from similarity.vision.copies import evidence, fingerprint, placement
from similarity.vision.copies.fingerprint import Fingerprint
from similarity.vision.pixels import decoding
from similarity.vision.twin import hashing
from similarity.vision.twin.bundle import HELD_OUT, STORED_PX, TRAINED_ON, Bundle, Entry

HELD_OUT_SHARE = 0.2
LONGEST_PX = 480  # of what is decoded


@dataclass(frozen=True)
class Source:
    path: Path
    name: str
    work: str
    series: str


def pack(sources: Iterable[Source]) -> Bundle:
    """Read the pictures. Leave flat ones out, because copies of them cannot be recognised.

    Pictures that the direct comparison suggests as duplicates count as one work, whatever their records state.
    """
    rows = []
    for source in sources:
        pixels = np.asarray(decoding.opened(source.path, LONGEST_PX))
        trimmed = fingerprint.trim(pixels)
        sha256 = hashlib.sha256(source.path.read_bytes()).hexdigest()
        aspect = round(trimmed.shape[1] / trimmed.shape[0], 4)
        rows.append((source, sha256, aspect, hashing.square(pixels, STORED_PX), fingerprint.of([pixels])[0]))
    rows = [row for row in rows if not row[4].is_flat]
    works = merged([row[0].work for row in rows], [row[4] for row in rows])
    entries = tuple(
        Entry(source.name, sha256, work, source.series, split_of(work), aspect)
        for (source, sha256, aspect, _, _), work in zip(rows, works, strict=True)
    )
    return Bundle(entries, np.stack([row[3] for row in rows]))


def split_of(work: str) -> str:
    """Return HELD_OUT or TRAINED_ON from a hash of the work's name, so that new pictures do not change the split."""
    lot = int.from_bytes(hashlib.sha256(work.encode()).digest()[:4], "big") / 2**32
    return HELD_OUT if lot < HELD_OUT_SHARE else TRAINED_ON


def merged(works: Sequence[str], seen: Sequence[Fingerprint]) -> list[str]:
    """Return the works with duplicates joined. Joined works get the name that sorts first."""
    leader = {work: work for work in works}
    for one, other in duplicates(seen):
        first, second = sorted((leading(leader, works[one]), leading(leader, works[other])))
        leader[second] = first
    return [leading(leader, work) for work in works]


def leading(leader: dict[str, str], work: str) -> str:
    while leader[work] != work:
        work = leader[work]
    return work


def duplicates(seen: Sequence[Fingerprint]) -> list[tuple[int, int]]:
    """Return pairs of indices whose hashes are near and whose thumbnails correlate after registration."""
    hashes: NDArray[np.uint64] = np.array([one.phash for one in seen], dtype=np.uint64)
    found = []
    for place, one in enumerate(seen):
        near = np.flatnonzero(np.bitwise_count(hashes[place + 1 :] ^ hashes[place]) <= evidence.NEAR_HASH_BITS)
        others = [place + 1 + int(each) for each in near]
        likenesses = placement.registered(one, [seen[other] for other in others])
        pairs = zip(others, likenesses, strict=True)
        found += [(place, other) for other, likeness in pairs if likeness.suggestion == "duplicate"]
    return found
