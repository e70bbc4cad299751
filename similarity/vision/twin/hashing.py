"""Compute twin values of pictures: the input of the network, and the format of its bits."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.copies import fingerprint
from similarity.vision.twin.network import BITS, SIDE_PX, TwinNetwork

Pixels = NDArray[np.uint8]
HEX_DIGITS = BITS // 4


def twin_values(network: TwinNetwork, pictures: Sequence[Pixels]) -> list[str]:
    """Hash pictures (H, W, 3) uint8 sRGB of any size. Return 12 hex digits for each, in the same order."""
    squares = np.stack([square(picture) for picture in pictures]) if pictures else np.zeros((0, SIDE_PX, SIDE_PX, 3))
    return [as_hex(value) for value in hashes(network, squares.astype(np.uint8)).tolist()]


def hashes(network: TwinNetwork, squares: Pixels, at_once: int = 1) -> NDArray[np.uint64]:
    """Hash (N, 108, 108, 3) uint8 sRGB to (N,) uint64, below 2 ** 48.

    Compute stored values one picture at a time. Sums in a batch are rounded differently, so a bit near 0 would depend
    on the other pictures of the batch. Use larger batches only for measurements.
    """
    device = next(network.parameters()).device
    found = [np.zeros(0, dtype=np.uint64)]
    # On a GPU, choose the same kernels every time, in full single precision.
    exact = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
    with torch.inference_mode(), exact:
        for start in range(0, len(squares), at_once):
            batch = as_input(torch.from_numpy(squares[start : start + at_once]).to(device))
            found.append(pack(network(batch).cpu().numpy()))
    return np.concatenate(found)


def as_input(squares: torch.Tensor) -> torch.Tensor:
    """Return (N, 3, S, S) float32 in 0..1 from (N, S, S, 3) uint8."""
    return squares.permute(0, 3, 1, 2).float() / 255


def square(picture: Pixels, side_px: int = SIDE_PX) -> Pixels:
    """Trim plain borders and squash (H, W, 3) uint8 to (side, side, 3), as for perceptual hashes."""
    trimmed = Image.fromarray(fingerprint.trim(picture))
    return np.asarray(trimmed.resize((side_px, side_px), Image.Resampling.BILINEAR))


def pack(logits: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return (N,) uint64 from (N, 48) logits. The bit of the first logit is the most significant of 48."""
    places = np.arange(BITS - 1, -1, -1, dtype=np.uint64)
    return np.asarray(((logits > 0).astype(np.uint64) << places).sum(axis=1, dtype=np.uint64))


def unpack(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return (N, 48) uint8 of 0 and 1 from (N,) uint64. The inverse of `pack`."""
    places = np.arange(BITS - 1, -1, -1, dtype=np.uint64)
    return ((values[:, None] >> places) & np.uint64(1)).astype(np.uint8)


def as_hex(value: int) -> str:
    """Return 12 lower-case hex digits. Raise ValueError unless 0 <= value < 2 ** 48."""
    if not 0 <= value < 1 << BITS:
        raise ValueError(f"a twin value has {BITS} bits, this is {value:#x}")
    return f"{value:0{HEX_DIGITS}x}"
