"""Fingerprints of pictures, independent of any network: a 64-bit perceptual hash and a small luminance thumbnail.

They check pairs that a network's vectors propose, without sharing the network's mistakes. The hash finds candidates;
the thumbnails are compared in `registration`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.pixels import trimming

THUMB_SIDE_PX = 64
DCT_SIDE_PX = 32
COLOUR_CELLS = 4  # cells a side
# Borders are found on a small copy: compression noise averages out, and large scans cost no more than small ones.
TRIM_SIDE_PX = 256
# A line of pixels is plain if PLAIN_SHARE of it is within this distance of the colour of the picture's edge, 0..255.
PLAIN_TOLERANCE = 10
PLAIN_SHARE = 0.98
# Nested borders are removed one by one, such as the white padding of a scan within a black frame.
TRIM_ROUNDS = 3
# If less than this share of a side remains, the picture is mostly empty and nothing is trimmed.
LEAST_SIDE_SHARE = 0.2
# A picture is flat if the standard deviation of its thumbnail is lower, in grey levels 0..255.
FLAT_DEVIATION = 3.0
LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
CHROMA_WEIGHTS = np.array([[-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], dtype=np.float32)  # Cb, Cr likewise
GREY_CHROMA = 3.0  # mean distance from grey in CbCr, below which a picture counts as grey


def of(images: Sequence[NDArray[np.uint8]]) -> list["Fingerprint"]:
    """Return the fingerprints of pictures (H, W, 3) uint8 RGB of any size, in the same order.

    Raise ValueError for an array of another shape or type.
    """
    return [_fingerprint(image) for image in images]


def hamming(a: int, b: int) -> int:
    """Return the number of bits, 0..64, in which two hashes differ. It is about 32 for unrelated pictures."""
    return (a ^ b).bit_count()


def colour_distance(a: bytes, b: bytes) -> float:
    """Return the mean CbCr distance, 0 to about 180, of two 4 x 4 colour summaries; 0 if either picture is grey.

    Brightness is compared by the thumbnails. A grey copy has lost its colours, so its distance is 0.
    """
    cells = np.frombuffer(a + b, dtype=np.uint8).reshape(2, COLOUR_CELLS**2, 3)
    chroma = cells.astype(np.float32) @ CHROMA_WEIGHTS.T  # (2, 16, 2)
    if np.linalg.norm(chroma, axis=2).mean(axis=1).min() < GREY_CHROMA:
        return 0.0
    return float(np.linalg.norm(chroma[0] - chroma[1], axis=1).mean())


def mirrored(one: "Fingerprint") -> "Fingerprint":
    """Return the fingerprint of the picture mirrored left to right.

    Its hash is computed from the thumbnail, and differs by a bit or two from that of the mirrored file.
    """
    thumb = np.ascontiguousarray(one.pixels[:, ::-1])
    cells = np.frombuffer(one.colours, dtype=np.uint8).reshape(COLOUR_CELLS, COLOUR_CELLS, 3)[:, ::-1]
    return Fingerprint(_phash(thumb.astype(np.float32)), thumb.tobytes(), cells.tobytes(), one.is_flat)


def orientations(one: "Fingerprint") -> list[int]:
    """Return the hashes of the picture in its eight orientations: turned by quarters, and each of these mirrored.

    The first is the picture as it is. The others are computed from the thumbnail, a bit or two from those of a file.
    """
    turned = [np.rot90(one.pixels, quarters) for quarters in range(4)]
    found = [_phash(each.astype(np.float32)) for pixels in turned for each in (pixels, pixels[:, ::-1])]
    return [one.phash, *found[1:]]


def trim(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a view (h, w, 3) of (H, W, 3) uint8 without plain borders, or all of it if little else remains.

    Borders are no part of the work: museums pad scans to squares, and sellers frame them in white.
    """
    for _ in range(TRIM_ROUNDS):
        trimmed = _trim_once(image)
        if trimmed.shape == image.shape:
            break
        image = trimmed
    return image


def _trim_once(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a view (h, w, 3) of (H, W, 3) uint8 without the outermost border on each side."""
    height, width = image.shape[:2]
    scale = min(1.0, TRIM_SIDE_PX / max(height, width))
    small_size = max(1, round(width * scale)), max(1, round(height * scale))
    small = image
    if small_size != (width, height):
        small = np.asarray(Image.fromarray(image).resize(small_size, Image.Resampling.BOX))
    top, bottom = _plain_ends(small)
    left, right = _plain_ends(small[top : len(small) - bottom].transpose(1, 0, 2))
    kept_width, kept_height = small_size[0] - left - right, small_size[1] - top - bottom
    if kept_width < LEAST_SIDE_SHARE * small_size[0] or kept_height < LEAST_SIDE_SHARE * small_size[1]:
        return image
    rows = slice(round(top * height / small_size[1]), height - round(bottom * height / small_size[1]))
    columns = slice(round(left * width / small_size[0]), width - round(right * width / small_size[0]))
    return image[rows, columns]


def _plain_ends(lines: NDArray[np.uint8]) -> tuple[int, int]:
    """Return how many lines at the start and at the end of (N, length, 3) uint8 belong to a plain border."""
    return _plain_start(lines), _plain_start(lines[::-1])


def _plain_start(lines: NDArray[np.uint8]) -> int:
    """Return the number of border lines at the start of (N, length, 3) uint8, with the line that blends into them."""
    count = trimming.plain_lines(lines, PLAIN_TOLERANCE, PLAIN_SHARE)
    return min(count + 1, len(lines)) if count else 0


def _fingerprint(image: NDArray[np.uint8]) -> "Fingerprint":
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
        raise ValueError(f"a picture is (H, W, 3) uint8, this is {image.shape} {image.dtype}")
    # Squash to a square: registration corrects the stretch, and no part of the thumbnail is padding.
    size = (THUMB_SIDE_PX, THUMB_SIDE_PX)
    small = np.asarray(Image.fromarray(trim(image)).resize(size, Image.Resampling.BOX), dtype=np.float32)
    luminance = small @ LUMA_WEIGHTS  # (64, 64), 0..255
    cell_px = THUMB_SIDE_PX // COLOUR_CELLS
    cells = small.reshape(COLOUR_CELLS, cell_px, COLOUR_CELLS, cell_px, 3).mean(axis=(1, 3))  # (4, 4, 3)
    return Fingerprint(
        phash=_phash(luminance),
        thumb=np.rint(luminance).astype(np.uint8).tobytes(),
        colours=np.rint(cells).astype(np.uint8).tobytes(),
        is_flat=bool(luminance.std() < FLAT_DEVIATION),
    )


def _phash(luminance: NDArray[np.float32]) -> int:
    """Return the 64-bit DCT hash of (64, 64) float32 luminance.

    C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, section 3.2.1: the 8 x 8 lowest
    frequencies without the constant ones, thresholded at their median.
    """
    halved = luminance.reshape(DCT_SIDE_PX, 2, DCT_SIDE_PX, 2).mean(axis=(1, 3))  # (32, 32)
    frequencies, places = np.arange(1, 9)[:, None], np.arange(DCT_SIDE_PX) + 0.5
    basis = np.cos(np.pi / DCT_SIDE_PX * frequencies * places)  # (8, 32)
    coefficients = basis @ halved @ basis.T  # (8, 8)
    bits = (coefficients > np.median(coefficients)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The stored data by which copies of one picture are found and compared.

    phash: 64 bits, unsigned. thumb: 64 x 64 luminance bytes, row by row. colours: mean RGB of 4 x 4 cells, 48 bytes.
    is_flat: the picture has almost no contrast. Hash and correlations of flat pictures are rounding noise, so they
    match nothing, not even one another. Searches for near hashes must leave them out.
    """

    phash: int
    thumb: bytes
    colours: bytes
    is_flat: bool

    @property
    def bits(self) -> str:
        """Return the hash as 64 characters 0 and 1, as a `bit(64)` column takes it."""
        return f"{self.phash:064b}"

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """Return the thumbnail as (64, 64) uint8, read-only."""
        return np.frombuffer(self.thumb, dtype=np.uint8).reshape(THUMB_SIDE_PX, THUMB_SIDE_PX)
