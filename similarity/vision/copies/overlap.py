"""Compare two pictures pixel by pixel where one lies on the other: structure by cells, and colour."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from similarity.vision.copies.alignment import Alignment
from similarity.vision.local_features import agreement, plane
from similarity.vision.local_features.plane import Matrix
from similarity.vision.pixels import contrast

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

SIDE_PX = 160  # longest side at which the pictures are compared
BLUR_PX = 4.0  # of the local contrast
CELLS = 8  # cells a side of the overlap
LEAST_INSIDE = 0.9  # least share of a cell that both pictures show
LEAST_CONTRAST = 0.1  # least standard deviation of local contrast in a cell; a plain cell proves nothing
ALIKE = 0.5  # least correlation of a cell in which both pictures show the same
# Bands beside the outline of the smaller picture, in pixels of SIDE_PX: outside it, inside it, and deeper inside.
BANDS = ((-5, -2), (2, 5), (7, 10))
MARGIN_PX = 6
NOISE = 2.0  # grey levels that two neighbouring bands differ by chance


@dataclass(frozen=True)
class Overlap:
    """What two pictures have in common.

    of_one, of_other: share of each picture's area that the other shows, 0..1. structure: median correlation of local
    contrast over cells, -1..1. alike: share of the cells that correlate by ALIKE or more, 0..1. cells: number of cells
    compared. colour: median difference of cells' mean colours in CIELAB units (CIE 1976, 1 is hardly visible).
    surrounding: standard deviation, in grey levels, of what only the larger picture shows; 0 if there is nothing.
    edge: how much more the larger picture changes at the outline of the smaller one than beside it, 0 or more. It is
    about 1 if the smaller is a detail, and greater if a border, frame or wall begins there; 0 if no outline is inside.
    """

    of_one: float
    of_other: float
    structure: float
    alike: float
    cells: int
    colour: float
    surrounding: float
    edge: float


def measure(one: Pixels, other: Pixels, alignment: Alignment) -> Overlap:
    """Compare (H, W, 3) and (h, w, 3) uint8, the pictures whose features were aligned."""
    laid = np.ascontiguousarray(other[:, ::-1]) if alignment.is_mirrored else other
    height, width = one.shape[:2]
    of_one, of_other = shares(alignment, (width, height), (other.shape[1], other.shape[0]))
    ours, theirs, inside = aligned(one, laid, alignment)
    correlations, colours = compare_cells(ours, theirs, inside)
    return Overlap(
        of_one=of_one,
        of_other=of_other,
        structure=float(np.median(correlations)) if correlations else 0.0,
        alike=float(np.mean(np.array(correlations) >= ALIKE)) if correlations else 0.0,
        cells=len(correlations),
        colour=float(np.median(colours)) if colours else 0.0,
        surrounding=surrounding_of(one, laid, alignment, of_one, of_other),
        edge=edge_at_outline(one, laid, alignment, of_one, of_other),
    )


def shares(alignment: Alignment, one_px: tuple[int, int], other_px: tuple[int, int]) -> tuple[float, float]:
    """Return the shares of the first and of the other picture that the overlap covers, 0..1. Sizes: width, height."""
    corners = plane.outline(alignment.homography, other_px)
    shared = plane.shared_area(corners, plane.rectangle(one_px))
    of_other = shared / max(plane.area(corners), 1.0)
    return min(1.0, shared / (one_px[0] * one_px[1])), min(1.0, of_other)


def aligned(one: Pixels, other: Pixels, alignment: Alignment) -> tuple[Pixels, Pixels, Pixels]:
    """Return the overlap in both pictures, (h, w, 3) uint8 at SIDE_PX, and (h, w) 1 where both show something.

    The overlap is cut out as an upright rectangle of the first picture.
    """
    size = one.shape[1], one.shape[0]
    seen = cv2.warpPerspective(other, alignment.homography, size, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(np.ones(other.shape[:2], np.uint8), alignment.homography, size, flags=cv2.INTER_NEAREST)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows) or not len(columns):
        nothing = np.empty((0, 0, 3), np.uint8)
        return nothing, nothing, nothing[..., 0]
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    height, width = mask[box].shape
    scale = min(1.0, SIDE_PX / max(height, width))
    small = max(CELLS, round(width * scale)), max(CELLS, round(height * scale))
    ours, theirs = (cv2.resize(each[box], small, interpolation=cv2.INTER_AREA) for each in (one, seen))
    inside = cv2.resize(mask[box], small, interpolation=cv2.INTER_NEAREST)
    return np.asarray(ours, np.uint8), np.asarray(theirs, np.uint8), np.asarray(inside, np.uint8)


def compare_cells(one: Pixels, other: Pixels, inside: Pixels) -> tuple[list[float], list[float]]:
    """Return the correlation and the colour difference of each cell that both pictures show and that is not plain.

    Colour differences are of plain cells too.
    """
    if not inside.size:
        return [], []
    contrasts = [contrast.local(luminance(each), BLUR_PX) for each in (one, other)]
    labs = [cv2.cvtColor(each.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for each in (one, other)]
    correlations, colours = [], []
    for cell in cells_of(inside.shape):
        if inside[cell].mean() < LEAST_INSIDE:
            continue
        means = [lab[cell].reshape(-1, 3).mean(axis=0) for lab in labs]
        colours.append(float(np.linalg.norm(means[0] - means[1])))
        ours, theirs = (each[cell] for each in contrasts)
        if max(ours.std(), theirs.std()) >= LEAST_CONTRAST:
            correlations.append(agreement.correlation(ours, theirs))
    return correlations, colours


def luminance(pixels: Pixels) -> Floats:
    """Return (H, W) float32, 0..255."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def cells_of(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Return the slices of CELLS x CELLS cells."""
    down, across = (np.linspace(0, side, CELLS + 1).round().astype(int) for side in shape[:2])
    return [
        (slice(down[row], down[row + 1]), slice(across[column], across[column + 1]))
        for row in range(CELLS)
        for column in range(CELLS)
    ]


def larger_and_smaller(
    one: Pixels, other: Pixels, alignment: Alignment, of_one: float, of_other: float
) -> tuple[Pixels, Pixels, Matrix]:
    """Return the picture of which less is shown by the other, the other, and the homography from first to second."""
    if of_one <= of_other:
        return one, other, np.asarray(np.linalg.inv(alignment.homography), np.float64)
    return other, one, alignment.homography


def surrounding_of(one: Pixels, other: Pixels, alignment: Alignment, of_one: float, of_other: float) -> float:
    """Return the standard deviation of what only the larger picture shows, see `Overlap.surrounding`."""
    larger, smaller, to_smaller = larger_and_smaller(one, other, alignment, of_one, of_other)
    size = larger.shape[1], larger.shape[0]
    onto = np.linalg.inv(to_smaller)
    mask = cv2.warpPerspective(np.ones(smaller.shape[:2], np.uint8), onto, size, flags=cv2.INTER_NEAREST)
    outside = cv2.dilate(mask, np.ones((2 * MARGIN_PX + 1, 2 * MARGIN_PX + 1), np.uint8)) == 0
    return float(luminance(larger)[outside].std()) if outside.any() else 0.0


def edge_at_outline(one: Pixels, other: Pixels, alignment: Alignment, of_one: float, of_other: float) -> float:
    """Return the median over the sides of the smaller picture of the change at its outline, see `Overlap.edge`."""
    larger, smaller, to_smaller = larger_and_smaller(one, other, alignment, of_one, of_other)
    height, width = smaller.shape[:2]
    scale = SIDE_PX / max(height, width)
    size = round(width * scale) + 2 * MARGIN_PX, round(height * scale) + 2 * MARGIN_PX
    place = np.array([[scale, 0, MARGIN_PX], [0, scale, MARGIN_PX], [0, 0, 1]]) @ to_smaller
    seen = luminance(np.asarray(cv2.warpPerspective(larger, place, size, flags=cv2.INTER_AREA), np.uint8))
    inside = cv2.warpPerspective(np.ones(larger.shape[:2], np.uint8), place, size, flags=cv2.INTER_NEAREST)
    changes = [change_at_top(np.rot90(seen, turn), np.rot90(inside, turn)) for turn in range(4)]
    known = [change for change in changes if change is not None]
    return float(np.median(known)) if known else 0.0


def change_at_top(seen: Floats, inside: Pixels) -> float | None:
    """Return the change at the upper outline; None if the larger picture, with 1 in `inside`, ends there.

    The picture's upper edge is MARGIN_PX below the top of `seen` (H, W).
    """
    rows = [slice(MARGIN_PX + start, MARGIN_PX + end) for start, end in BANDS]
    columns = inside[rows[0]].all(axis=0)
    if columns.mean() < LEAST_INSIDE / 2:
        return None
    outside, near, deeper = (seen[band][:, columns].mean(axis=0) for band in rows)
    return float(np.abs(outside - near).mean() / (np.abs(near - deeper).mean() + NOISE))
