"""Measure how well one picture fits somewhere within another, as a detail in its whole.

Input are the 64 x 64 luminance thumbnails of `fingerprint`. Each is searched for in the other at a grid of widths and
heights and at every place, by normalised cross-correlation of local contrast (J. P. Lewis, Fast Template Matching,
Vision Interface 1995), computed by FFT. The best places are cut out and registered (`registration`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.copies import registration
from similarity.vision.pixels import contrast

Floats = NDArray[np.float32]
Spectra = NDArray[np.complex64]
Box = tuple[float, float, float, float]

SIDE_PX = 64
SEARCH_PX = 32  # side of the reduced whole that is searched
# Widths and heights of a detail in the 32 px whole, in all combinations. Registration covers the steps between them.
SIZES_PX = (12, 15, 18, 22, 27)
BLUR_PX = 3.0
# Places with lower peaks are not registered. Of unrelated pictures with the nearest descriptors, 90 % have no higher
# peak; of copies, 98 % have one.
LEAST_PEAK = 0.5
PLACES = 3  # number of places that are registered in each direction
TINY = 1e-4


def correlate(query: NDArray[np.uint8], candidates: Sequence[NDArray[np.uint8]]) -> list[float]:
    """Return for each candidate -1..1: how well one picture is a part of the other; 0 if no place is found.

    Input are thumbnails (64, 64) uint8 luminance. 1 means an exact part. Raise ValueError for other shapes.
    """
    query_thumbnail = Thumbnail(query)
    return [either_way(query_thumbnail, Thumbnail(candidate)) for candidate in candidates]


def either_way(one: "Thumbnail", other: "Thumbnail") -> float:
    """Return the better of the two directions: the first within the other, or the other within the first."""
    return max(best_fit(one, other), best_fit(other, one))


def best_fit(part: "Thumbnail", whole: "Thumbnail") -> float:
    """Return the correlation of `part` with the best of the places in `whole`; 0 if there is none."""
    cuts = [cut_out(whole.pixels, box) for box in places(part, whole)]
    return float(registration.correlate(part.halved, np.stack(cuts)).max()) if cuts else 0.0


def places(part: "Thumbnail", whole: "Thumbnail") -> list[Box]:
    """Return the best places of up to PLACES template sizes with peaks of LEAST_PEAK or more.

    A place is left, top, right, bottom in pixels of the 64 px thumbnail.
    """
    correlations = np.fft.irfft2(whole.spectrum * part.templates, s=(SEARCH_PX, SEARCH_PX)) / whole.lengths
    flat = correlations.reshape(len(correlations), -1)
    tops, lefts = np.divmod(flat.argmax(axis=1), SEARCH_PX)
    heights = flat.max(axis=1)
    # Small templates correlate by chance more often, so a peak counts by the root of its pixels.
    order = np.argsort(-heights * np.sqrt(np.prod(sizes(), axis=1)))
    found = [(tops[size], lefts[size], *sizes()[size]) for size in order[:PLACES] if heights[size] >= LEAST_PEAK]
    scale = SIDE_PX / SEARCH_PX
    return [
        (left * scale, top * scale, (left + width) * scale, (top + height) * scale)
        for top, left, width, height in found
    ]


def cut_out(whole: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Cut a box out of (64, 64) and resize it to (32, 32)."""
    cut = Image.fromarray(whole).resize((SEARCH_PX, SEARCH_PX), Image.Resampling.BILINEAR, box=box)
    return np.asarray(cut)


def sizes() -> list[tuple[int, int]]:
    """Return width and height of each template."""
    return list(product(SIZES_PX, SIZES_PX))


@lru_cache(maxsize=1)
def windows() -> tuple[Spectra, Floats, NDArray[np.bool_]]:
    """Return for T template sizes: conjugate spectra (T, 32, 17) of a window, its number of pixels (T, 1, 1), and fits.

    The last is (T, 32, 32) bool: True where the window's top left corner may be.
    """
    shapes = sizes()
    boxes = np.zeros((len(shapes), SEARCH_PX, SEARCH_PX), np.float32)
    fits = np.zeros(boxes.shape, np.bool_)
    for place, (width, height) in enumerate(shapes):
        boxes[place, :height, :width] = 1
        fits[place, : SEARCH_PX - height + 1, : SEARCH_PX - width + 1] = True
    return np.conj(np.fft.rfft2(boxes)), boxes.sum(axis=(1, 2), keepdims=True), fits


@dataclass(frozen=True)
class Thumbnail:
    """A thumbnail as template and as search area. Each property is computed when it is first needed."""

    pixels: NDArray[np.uint8]  # (64, 64)

    @cached_property
    def halved(self) -> NDArray[np.uint8]:
        """Return the thumbnail at half size, (32, 32): about the resolution that a detail has in its whole."""
        return np.asarray(Image.fromarray(self.pixels).resize((SEARCH_PX, SEARCH_PX), Image.Resampling.BOX))

    @cached_property
    def templates(self) -> Spectra:
        """Return (T, 32, 17) conjugate spectra of the picture's local contrast at each size, zero mean and length 1."""
        picture = Image.fromarray(self.pixels)
        canvas = np.zeros((len(sizes()), SEARCH_PX, SEARCH_PX), np.float32)
        for place, (width, height) in enumerate(sizes()):
            small = np.asarray(picture.resize((width, height), Image.Resampling.BOX), np.float32)
            local_contrast = contrast.local(small, BLUR_PX)
            local_contrast -= local_contrast.mean()
            canvas[place, :height, :width] = local_contrast / (np.sqrt((local_contrast * local_contrast).sum()) + TINY)
        return np.conj(np.fft.rfft2(canvas))

    @cached_property
    def local_contrast(self) -> Floats:
        """Return (32, 32) local contrast of the halved thumbnail."""
        return contrast.local(self.halved.astype(np.float32), BLUR_PX)

    @cached_property
    def spectrum(self) -> Spectra:
        """Return the (32, 17) spectrum of the local contrast."""
        return np.asarray(np.fft.rfft2(self.local_contrast), dtype=np.complex64)

    @cached_property
    def lengths(self) -> Floats:
        """Return (T, 32, 32): the length of the zero-mean local contrast in a window of each size at each place.

        It is infinite where the window does not fit, and at least 1 where there is almost no contrast.
        """
        spectra, pixels, fits = windows()
        squares, sums = (
            np.fft.irfft2(np.fft.rfft2(one) * spectra, s=(SEARCH_PX, SEARCH_PX))
            for one in (self.local_contrast**2, self.local_contrast)
        )
        lengths = np.sqrt(np.maximum(squares - sums**2 / pixels, 1.0))
        return np.where(fits, lengths, np.float32(np.inf)).astype(np.float32)
