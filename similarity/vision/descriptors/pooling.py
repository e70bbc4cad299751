"""Pool feature maps into one raw vector per picture. Spaces store the name of their pooling, such as "gem-3"."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, normalize

EPSILON = 1e-6  # keeps the gradient of roots finite, and vectors of pictures without any activation usable
RAW_LIMIT = (
    8192  # numbers in a raw vector; cells or windows with more are reduced by a random projection of its channels
)
REGION_OVERLAP = 0.4  # share of neighbouring regions in R-MAC


@dataclass(frozen=True)
class Pooling:
    """A pooling: its function and its dimensions.

    apply: takes (N, C, H, W) maps, or (N, C) for "fc", and returns (N, R) float32 rows of length 1. dimensions: takes C
    and returns R.
    """

    apply: Callable[[Tensor], Tensor]
    dimensions: Callable[[int], int]


def named(name: str) -> Pooling:
    """Return the pooling with a name: "gem-P", "mean", "rmac-SCALES", "grid-CELLS", "windows-N", "statistics" or "fc".

    Raise KeyError for any other name.
    """
    kind, _, number = name.partition("-")
    if kind == "gem" and number:
        return Pooling(partial(gem, p=float(number)), int)
    if kind == "rmac" and number:
        return Pooling(partial(rmac, scales=int(number)), int)
    if kind == "grid" and number:
        cells = int(number)
        return Pooling(partial(grid, cells=cells), lambda channels: cells**2 * mixed(channels, cells**2))
    if kind == "windows" and number:
        count = int(number)
        return Pooling(partial(windows, count=count), lambda channels: (1 + count**2) * mixed(channels, 1 + count**2))
    plain = {
        "mean": Pooling(mean, int),
        "statistics": Pooling(statistics, lambda channels: 2 * channels),
        "fc": Pooling(lambda values: unit(values.float()), int),
    }
    return plain[name]


def gem(maps: Tensor, p: float = 3.0) -> Tensor:
    """Pool (N, C, H, W) into (N, C) float32 rows of length 1 by the generalised mean with exponent p.

    p = 1 is the mean, p -> inf the maximum. F. Radenovic, G. Tolias, O. Chum, Fine-tuning CNN image retrieval with no
    human annotation, TPAMI 2018.
    """
    powers = maps.float().clamp(min=EPSILON).pow(p)
    return normalize(powers.mean(dim=(2, 3)).pow(1.0 / p), dim=1)


def mean(maps: Tensor) -> Tensor:
    """Pool (N, C, H, W) into (N, C) float32 rows of length 1 by the mean."""
    return unit(maps.float().mean(dim=(2, 3)))


def rmac(maps: Tensor, scales: int = 3) -> Tensor:
    """Pool (N, C, H, W) into (N, C) float32 rows of length 1: sum the normalised maxima of regions at several scales.

    G. Tolias, R. Sicre, H. Jegou, Particular object retrieval with integral max-pooling of CNN activations, ICLR 2016.
    Regions are not whitened here; the projection whitens the whole.
    """
    values = maps.float()
    regions = _regions(values.shape[2], values.shape[3], scales)
    peaks = [unit(values[:, :, y : y + side, x : x + side].amax(dim=(2, 3))) for y, x, side in regions]
    return unit(torch.stack(peaks).sum(dim=0))


def grid(maps: Tensor, cells: int) -> Tensor:
    """Pool (N, C, H, W) into (N, cells * cells * C') float32 rows of length 1: the normalised mean of each cell.

    If a map's side is no multiple of `cells`, neighbouring cells overlap by a position. Measured with MobileNetV2 on
    photographs of paintings: 80 % are found instead of 74 % without overlap.
    """
    means = adaptive_avg_pool2d(maps.float(), cells).flatten(2).transpose(1, 2)
    wanted = mixed(maps.shape[1], cells**2)
    if wanted < maps.shape[1]:
        means = means @ _mixing(maps.shape[1], wanted).to(means.device)
    return normalize(unit(means).flatten(1), dim=1)


def windows(maps: Tensor, count: int) -> Tensor:
    """Pool (N, C, H, W) into (N, (1 + count * count) * C') float32: the whole map, then its windows row by row.

    Windows have half the width and height of the map, and are evenly spaced. The whole and each window are pooled by
    `gem` and scaled to length 1, then the row is scaled to length 1.
    """
    height, width = maps.shape[2:]
    down, across = max(1, round(height / 2)), max(1, round(width / 2))
    tops, lefts = _starts(height, down, count), _starts(width, across, count)
    cut = [maps[:, :, top : top + down, left : left + across] for top in tops for left in lefts]
    parts = torch.stack([gem(each) for each in (maps, *cut)], dim=1)
    wanted = mixed(maps.shape[1], 1 + count**2)
    if wanted < maps.shape[1]:
        parts = unit(parts @ _mixing(maps.shape[1], wanted).to(parts.device))
    return normalize(parts.flatten(1), dim=1)


def statistics(maps: Tensor) -> Tensor:
    """Pool (N, C, H, W) into (N, 2 C) float32 rows of length 1: each channel's mean and standard deviation over places.

    These statistics describe style in X. Huang, S. Belongie, Arbitrary style transfer in real-time with adaptive
    instance normalization, ICCV 2017.
    """
    flat = maps.float().flatten(2)
    return normalize(torch.cat([unit(flat.mean(dim=2)), unit(flat.std(dim=2, correction=0))], dim=1), dim=1)


def unit(rows: Tensor) -> Tensor:
    """Scale (..., C) to length 1. A row of zeros becomes a row of equal numbers."""
    return normalize(rows + EPSILON, dim=-1)


def mixed(channels: int, parts: int) -> int:
    """Return the number of channels that each cell or window has after the reduction to RAW_LIMIT."""
    return min(channels, RAW_LIMIT // parts)


@cache
def _mixing(channels: int, wanted: int) -> Tensor:
    """Return (C, C') orthonormal columns, random with a fixed seed, which roughly preserve lengths and angles."""
    draw = torch.randn(channels, wanted, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    columns: Tensor = torch.linalg.qr(draw).Q
    return columns.float()


def _regions(height: int, width: int, scales: int) -> list[tuple[int, int, int]]:
    """Return top, left and side of the squares of each scale: evenly spaced, with more along the longer side."""
    shorter, longer = min(height, width), max(height, width)
    steps = range(1, 7)
    extra = 0
    if longer > shorter:  # add the number of regions that brings the overlap nearest to REGION_OVERLAP
        overlaps = [abs((shorter**2 - shorter * (longer - shorter) / n) / shorter**2 - REGION_OVERLAP) for n in steps]
        extra = overlaps.index(min(overlaps)) + 1
    found = []
    for scale in range(1, scales + 1):
        side = max(1, 2 * shorter // (scale + 1))
        down = scale + (extra if height > width else 0)
        across = scale + (extra if width > height else 0)
        found += [(y, x, side) for y in _starts(height, side, down) for x in _starts(width, side, across)]
    return found


def _starts(length: int, side: int, count: int) -> list[int]:
    """Return `count` evenly spaced starts of segments of length `side` in 0..length."""
    return [(length - side) * n // (count - 1) if count > 1 else (length - side) // 2 for n in range(count)]
