"""Group recognised pictures and regions of a photograph into works: those that overlap are one work."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from similarity.vision.identification.verification import Verification
from similarity.vision.local_features import plane

Key = TypeVar("Key", bound=Hashable)
Corners = NDArray[np.float32]

# Two areas are one work if this share of the smaller one is within the larger one. A crop of a work is within it, a
# crop with wall around it contains it, and neighbours on a wall hardly overlap.
SAME_WORK = 0.6
ALIKE = 0.8  # least intersection over union of two regions of which one is enough
WHOLE = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], np.float32)


@dataclass(frozen=True)
class Region(Generic[Key]):
    """A part of the photograph that was compared with the collection.

    corners: (4, 2), 0..1 of the photograph, from north-west to north-east as in `outlines.Rectangle`. cosines: -1..1,
    for the nearest pictures only.
    """

    corners: Corners
    cosines: Mapping[Key, float]


@dataclass(frozen=True)
class Candidate(Generic[Key]):
    """A picture of the collection that may be the work.

    cosine: the greatest over the regions at this work; None if the picture is near to none of them.
    """

    key: Key
    cosine: float | None
    verification: Verification | None

    @property
    def is_same(self) -> bool:
        return self.verification is not None and self.verification.is_same


@dataclass(frozen=True)
class Work(Generic[Key]):
    """A work in the photograph.

    corners: (4, 2), 0..1 of the photograph. candidates: the best first; empty if there is no picture to compare.
    """

    corners: Corners
    candidates: tuple[Candidate[Key], ...]

    @property
    def identified(self) -> Key | None:
        """Return the recognised picture ("This is ..."), or None if the work only resembles some ("Looks like ...")."""
        return self.candidates[0].key if self.candidates and self.candidates[0].is_same else None


@dataclass
class Draft(Generic[Key]):
    """A work while its recognised pictures and regions are collected."""

    corners: Corners
    recognised: list[Key] = field(default_factory=list)
    regions: list[Region[Key]] = field(default_factory=list)


def group(
    whole: Region[Key],
    regions: Sequence[Region[Key]],
    verified: Mapping[Key, Verification],
    further: Sequence[Region[Key]] = (),
) -> list[Work[Key]]:
    """Return the works of a photograph: the recognised ones first, then by falling area. There is at least one.

    If there is no other work, the whole photograph is one. If there is exactly one and it is not recognised, the whole
    photograph helps to rank its candidates. `further` regions are not works: they only add cosines to recognised
    pictures.
    """
    same = {key: one for key, one in verified.items() if one.is_same}
    recognised = recognised_drafts(same)
    unknown: list[Draft[Key]] = []
    for region in sorted(regions, key=lambda region: -plane.area(region.corners)):
        if not add_to_best(region, [*recognised, *unknown]):
            unknown.append(Draft(region.corners, regions=[region]))
    for region in further:
        add_to_best(region, recognised)
    if not recognised and len(unknown) < 2:
        draft = unknown[0] if unknown else Draft(whole.corners)
        unknown = [Draft(draft.corners, regions=[*draft.regions, whole])]
    return [Work(draft.corners, ranked(draft, verified)) for draft in [*recognised, *unknown]]


def add_to_best(region: Region[Key], drafts: Sequence[Draft[Key]]) -> bool:
    """Add a region to the draft that it overlaps most, if it shows the same work. Return whether there is one."""
    overlapping = [draft for draft in drafts if is_same_work(region.corners, draft.corners)]
    if overlapping:
        max(overlapping, key=lambda draft: plane.shared_area(region.corners, draft.corners)).regions.append(region)
    return bool(overlapping)


def recognised_drafts(same: Mapping[Key, Verification]) -> list[Draft[Key]]:
    """Return a draft per recognised work, the best first. A picture at the place of a better one is the same work."""
    drafts: list[Draft[Key]] = []
    for key in sorted(same, key=lambda key: -same[key].score):
        corners = outline_of(same[key])
        overlapping = [draft for draft in drafts if is_same_work(corners, draft.corners)]
        if overlapping:
            overlapping[0].recognised.append(key)
        else:
            drafts.append(Draft(corners, recognised=[key]))
    return drafts


def outline_of(verification: Verification) -> Corners:
    """Return the outline of a picture that was found to be the same."""
    assert verification.outline is not None, "a picture that is the same has an outline"
    return verification.outline


def outlines(verified: Mapping[Key, Verification]) -> list[Corners]:
    """Return the outlines of all pictures that were found to be the same."""
    return [one.outline for one in verified.values() if one.outline is not None]


def is_alike(one: Corners, other: Corners) -> bool:
    """Return True if two regions show nearly the same, so that one of them is enough."""
    shared = plane.shared_area(one, other)
    return shared >= ALIKE * (plane.area(one) + plane.area(other) - shared)


def is_same_work(one: Corners, other: Corners) -> bool:
    """Return True if most of the smaller region is within the other."""
    smaller = min(plane.area(one), plane.area(other))
    return plane.shared_area(one, other) >= SAME_WORK * smaller


def ranked(draft: Draft[Key], verified: Mapping[Key, Verification]) -> tuple[Candidate[Key], ...]:
    """Return the pictures recognised here, then others by cosine, without those recognised elsewhere."""
    cosines = best_cosines(draft.regions)
    elsewhere = {key for key, one in verified.items() if one.is_same}
    others = sorted((key for key in cosines if key not in elsewhere), key=lambda key: -cosines[key])
    return tuple(Candidate(key, cosines.get(key), verified.get(key)) for key in [*draft.recognised, *others])


def best_cosines(regions: Iterable[Region[Key]]) -> dict[Key, float]:
    """Return the greatest cosine of each picture over the regions."""
    best: dict[Key, float] = {}
    for region in regions:
        for key, cosine in region.cosines.items():
            best[key] = max(cosine, best.get(key, -1.0))
    return best
