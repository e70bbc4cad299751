"""Find the works of a collection that a photograph shows.

The steps: compare the photograph, and the rectangles that differ from its wall, with the collection; verify the nearest
pictures; search again where no recognised work is. The caller describes, compares and loads pictures: a worker has
a network and an index, a measurement has arrays.

Measured on the 240 photographs of retrieval-2019 (VGG16, `match`, projection fitted on 1,775 other pictures): 2.9 views
are described and 8 pictures verified per photograph, half of them 5 or fewer; at most 9 views.

Anyone may search, and a collage of many paintings would take far longer, so verification has a budget of seconds.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image

from similarity.vision.framing import frames
from similarity.vision.framing.outlines import Rectangle
from similarity.vision.identification import groups, places, remaining, verification
from similarity.vision.identification.groups import WHOLE, Corners, Region, Work
from similarity.vision.identification.verification import Verification
from similarity.vision.local_features import features, plane
from similarity.vision.local_features.features import Features

Key = TypeVar("Key", bound=Hashable)
# Takes views (mode RGB). Returns for each the cosines of the nearest pictures: at least NEAREST if there are as many.
Nearest = Callable[[Sequence[Image.Image]], Sequence[Mapping[Key, float]]]
# Takes pictures of the collection. Yields their local features one by one, without unreadable pictures.
FeaturesOf = Callable[[Sequence[Key]], Iterable[tuple[Key, Features]]]
Clock = Callable[[], float]  # in seconds

NEAREST = 8  # verified pictures per view; measured on the same photographs: 6 and 10 give the same answers
SURE_NEAREST = 3  # of these, always verified; the others only if no recognised work is at the view
MOST_NEAREST = 11  # verified at most; a caller may add pictures that a view may be a part of
FURTHER_ROUNDS = 2  # of searching the rest of the photograph
BUDGET_S = 5.0  # for verifying one photograph; whole searches usually take 1.3 to 3.5 s


def find(
    photograph: Image.Image,
    nearest: Nearest[Key],
    features_of: FeaturesOf[Key],
    *,
    budget_s: float = BUDGET_S,
    clock: Clock = time.monotonic,
) -> list[Work[Key]]:
    """Return the works in a photograph (mode RGB), at least one, the recognised ones first.

    Errors of the callables are passed on. Once `budget_s` have passed since the first comparison, no further picture
    is verified, and the rest of the photograph is not searched. A work that was not verified by then is not
    recognised, but the pictures near to it are still returned.
    """
    seen = features.extract(photograph)
    whole, *regions = compare(photograph, [WHOLE, *rectangles(frames.regions(photograph), photograph)], nearest)
    ends_at = clock() + budget_s

    def is_over() -> bool:
        return clock() >= ends_at

    verified = verify_nearest(seen, [whole, *regions], {}, features_of, is_over)
    further: list[Region[Key]] = []
    for _ in range(FURTHER_ROUNDS):
        if is_over():
            break
        recognised = groups.outlines(verified)
        compared = [region.corners for region in [*regions, *further]]
        rest = [
            corners
            for corners in rectangles(remaining.regions(photograph, recognised), photograph)
            if not any(groups.is_alike(corners, other) for other in compared)
        ]
        if rest:
            found = compare(photograph, rest, nearest)
            verified = verify_nearest(seen, found, verified, features_of, is_over)
            further += found
        if len(groups.outlines(verified)) == len(recognised):
            break
    return groups.group(whole, regions, verified, further)


def rectangles(found: Iterable[Rectangle], photograph: Image.Image) -> list[Corners]:
    """Return the corners (4, 2) float32 of rectangles in pixels, in 0..1 of the photograph."""
    return [(one.corners / photograph.size).astype(np.float32) for one in found]


def in_pixels(corners: Corners, photograph: Image.Image) -> Rectangle:
    """Return corners in 0..1 of the photograph as a rectangle in pixels."""
    pixels = corners.astype(np.float64) * photograph.size
    return Rectangle(pixels, plane.area(corners), 0.0)


def compare(photograph: Image.Image, corners: Sequence[Corners], nearest: Nearest[Key]) -> list[Region[Key]]:
    """Cut out each of the regions and look up the nearest pictures."""
    views = [photograph if one is WHOLE else frames.cut_out(photograph, in_pixels(one, photograph)) for one in corners]
    return [Region(one, cosines) for one, cosines in zip(corners, nearest(views), strict=True)]


def verify_nearest(
    seen: Features,
    regions: Sequence[Region[Key]],
    known: Mapping[Key, Verification],
    features_of: FeaturesOf[Key],
    is_over: Callable[[], bool],
) -> dict[Key, Verification]:
    """Return `known` and the verifications of pictures that are near to these regions.

    No picture is verified once `is_over`, nor if the photograph has too few features.
    """
    verified = dict(known)
    if len(seen.points) < verification.LEAST_INLIERS:
        return verified
    for ranks in (slice(0, SURE_NEAREST), slice(SURE_NEAREST, MOST_NEAREST)):
        explained = groups.outlines(verified)
        open_regions = [one for one in regions if not any(groups.is_same_work(one.corners, by) for by in explained)]
        keys = {key: None for region in open_regions for key in in_order(region)[ranks] if key not in verified}
        verified = places.verify_all(seen, in_time(features_of(list(keys)), is_over), verified)
    return verified


def in_time(pictures: Iterable[tuple[Key, Features]], is_over: Callable[[], bool]) -> Iterator[tuple[Key, Features]]:
    """Yield pictures until the time is over; do not compute the next one after that."""
    waiting = iter(pictures)
    while not is_over() and (one := next(waiting, None)) is not None:
        yield one


def in_order(region: Region[Key]) -> list[Key]:
    """Return the pictures of a region by falling cosine."""
    return sorted(region.cosines, key=lambda key: -region.cosines[key])
