"""How well one picture lies somewhere within another, as a detail does in its whole.

Works on the 64 x 64 luminance thumbnails of `fingerprint`. Each is looked for in the other, in a grid of widths and
heights at every place, by normalised cross-correlation (J. P. Lewis, Fast Template Matching, Vision Interface 1995)
of local contrast: a product of spectra a size. What lies where the other fits best is cut out and registered
(`registration`) like a picture of its own.
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
SEARCH_PX = 32  # side of the whole as it is searched
# Widths and heights of a detail, in pixels of 32, in any combination: registration bridges the steps between them.
SIZES_PX = (12, 15, 18, 22, 27)
BLUR_PX = 3.0
# Under this, a place is not worth registering. Nine in ten of the unrelated pictures that a descriptor holds to be most
# alike have none above it, 98 in 100 copies have one.
LEAST_PEAK = 0.5
PLACES = 3  # that are registered, each way round
TINY = 1e-4


def correlate(query: NDArray[np.uint8], candidates: Sequence[NDArray[np.uint8]]) -> list[float]:
    """Thumbnails (64, 64), luminance 0..255 -> for each candidate -1..1, 1 = one is exactly a part of the other; 0
    where neither is found in the other. Raises ValueError for other shapes."""
    query_thumbnail = Thumbnail(query)
    return [either_way(query_thumbnail, Thumbnail(candidate)) for candidate in candidates]


def either_way(one: "Thumbnail", other: "Thumbnail") -> float:
    return max(best_fit(one, other), best_fit(other, one))


def best_fit(part: "Thumbnail", whole: "Thumbnail") -> float:
    """How well a picture lies upon the best of the places in another where it may."""
    cuts = [cut_out(whole.pixels, box) for box in places(part, whole)]
    return float(registration.correlate(part.halved, np.stack(cuts)).max()) if cuts else 0.0


def places(part: "Thumbnail", whole: "Thumbnail") -> list[Box]:
    """Left, top, right, bottom in pixels of 64: the best place of some of the sizes, if it is good for anything."""
    correlations = np.fft.irfft2(whole.spectrum * part.templates, s=(SEARCH_PX, SEARCH_PX)) / whole.lengths
    flat = correlations.reshape(len(correlations), -1)
    tops, lefts = np.divmod(flat.argmax(axis=1), SEARCH_PX)
    heights = flat.max(axis=1)
    # What agrees over fewer pixels agrees by chance more often.
    order = np.argsort(-heights * np.sqrt(np.prod(sizes(), axis=1)))
    found = [(tops[size], lefts[size], *sizes()[size]) for size in order[:PLACES] if heights[size] >= LEAST_PEAK]
    scale = SIDE_PX / SEARCH_PX
    return [
        (left * scale, top * scale, (left + width) * scale, (top + height) * scale)
        for top, left, width, height in found
    ]


def cut_out(whole: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """(64, 64) -> (32, 32)"""
    cut = Image.fromarray(whole).resize((SEARCH_PX, SEARCH_PX), Image.Resampling.BILINEAR, box=box)
    return np.asarray(cut)


def sizes() -> list[tuple[int, int]]:
    """Width and height of each template."""
    return list(product(SIZES_PX, SIZES_PX))


@lru_cache(maxsize=1)
def windows() -> tuple[Spectra, Floats, NDArray[np.bool_]]:
    """(T, 32, 17) spectra of a window of each size, conjugate; (T, 1, 1) its pixels; (T, 32, 32) where it fits in."""
    shapes = sizes()
    boxes = np.zeros((len(shapes), SEARCH_PX, SEARCH_PX), np.float32)
    fits = np.zeros(boxes.shape, np.bool_)
    for place, (width, height) in enumerate(shapes):
        boxes[place, :height, :width] = 1
        fits[place, : SEARCH_PX - height + 1, : SEARCH_PX - width + 1] = True
    return np.conj(np.fft.rfft2(boxes)), boxes.sum(axis=(1, 2), keepdims=True), fits


@dataclass(frozen=True)
class Thumbnail:
    """A thumbnail made ready to be looked for in others, and to be looked into. Each is worked out when needed."""

    pixels: NDArray[np.uint8]  # (64, 64)

    @cached_property
    def halved(self) -> NDArray[np.uint8]:
        """(32, 32): about what of a detail is left in its whole."""
        return np.asarray(Image.fromarray(self.pixels).resize((SEARCH_PX, SEARCH_PX), Image.Resampling.BOX))

    @cached_property
    def templates(self) -> Spectra:
        """(T, 32, 17) conjugate spectra of the picture in each size, of zero mean and length 1."""
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
        """(32, 32) local contrast."""
        return contrast.local(self.halved.astype(np.float32), BLUR_PX)

    @cached_property
    def spectrum(self) -> Spectra:
        """(32, 17)"""
        return np.asarray(np.fft.rfft2(self.local_contrast), dtype=np.complex64)

    @cached_property
    def lengths(self) -> Floats:
        """(T, 32, 32): the deviation, times the root of pixels, of what a window of each size sees at each place;
        infinite where it does not fit in, at least 1 where there is next to nothing to see."""
        spectra, pixels, fits = windows()
        squares, sums = (
            np.fft.irfft2(np.fft.rfft2(one) * spectra, s=(SEARCH_PX, SEARCH_PX))
            for one in (self.local_contrast**2, self.local_contrast)
        )
        lengths = np.sqrt(np.maximum(squares - sums**2 / pixels, 1.0))
        return np.where(fits, lengths, np.float32(np.inf)).astype(np.float32)
