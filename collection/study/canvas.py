"""Paper, ink and noise, with which all families paint.

Pictures are (H, W, 3) floats in 0..1 (sRGB as it is stored); masks are (H, W) floats, 0 outside and 1 inside. Sizes
are (width, height) in px, points (N, 2) arrays of x, y in px with y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Pixels: TypeAlias = NDArray[np.floating[Any]]
Size: TypeAlias = tuple[int, int]

SUPERSAMPLING = 2


def rgb(colour: str) -> Pixels:
    """Convert '#rrggbb' to (3,) in 0..1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32) / 255


def mix(first: Pixels, second: Pixels, share: ArrayLike) -> Pixels:
    """Mix the first colour (share 0) with the second (share 1). A (H, W) share applies to all colour channels."""
    weight = np.asarray(share, dtype=np.float32)
    if weight.ndim == 2:
        weight = weight[..., None]
    return np.asarray(first + (second - first) * weight, dtype=np.float32)


def smoothstep(low: float, high: float, values: Pixels) -> Pixels:
    """Return 0 below `low`, 1 above `high`, and smooth values between. `low` may be the larger one."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), dtype=np.float32)


def plain(size: Size, colour: str) -> Pixels:
    """Return a sheet of one colour."""
    return np.tile(rgb(colour), (size[1], size[0], 1))


def axes(size: Size) -> tuple[Pixels, Pixels]:
    """Return the pixel centres x (H, W) and y (H, W), in px."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32) + 0.5
    return x, y


def moved(points: ArrayLike, x: float, y: float) -> Pixels:
    """Shift points (N, 2) or (2,)."""
    return np.asarray(np.asarray(points, dtype=np.float64) + np.array([x, y]))


def smooth_noise(rng: Generator, size: Size, cell: float, stretch: float = 1.0) -> Pixels:
    """Return noise (H, W) with mean 0 and deviation 0.7, about: blobs of `cell` px, `stretch` times as wide as high."""
    wide, high = size[0] / (cell * stretch), size[1] / cell
    grid = rng.standard_normal((int(high) + 5, int(wide) + 5)).astype(np.float32)
    box = (1.5, 1.5, 1.5 + wide, 1.5 + high)
    return np.asarray(Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC, box=box))


def fractal_noise(rng: Generator, size: Size, cell: float, octaves: int = 4, stretch: float = 1.0) -> Pixels:
    """Return noise (H, W) of several octaves, each half as large and half as strong as the one before."""
    layers = (smooth_noise(rng, size, max(cell / 2**i, 1.5), stretch) / 2**i for i in range(octaves))
    return np.asarray(sum(layers), dtype=np.float32)


def paper(rng: Generator, size: Size, tint: str, strength: float = 1.0) -> Pixels:
    """Return a sheet with grain, fibres and a little foxing towards the edges."""
    grain = rng.standard_normal((size[1], size[0])).astype(np.float32) * 0.010
    fibres = smooth_noise(rng, size, 2.2, stretch=5) * 0.008 + smooth_noise(rng, size, 5) * 0.006
    clouds = fractal_noise(rng, size, 260, octaves=2) * 0.012
    x, y = axes(size)
    edge = np.minimum(np.minimum(x, size[0] - x), np.minimum(y, size[1] - y))
    ageing = 0.05 * np.exp(-edge / (0.045 * max(size)))
    light = 1 + strength * (grain + fibres + clouds)
    warmth = np.stack([ageing * 0.5, ageing * 0.8, ageing * 1.3], axis=-1) * strength
    return np.asarray(np.clip(rgb(tint) * light[..., None] - warmth, 0, 1), dtype=np.float32)


def ink(sheet: Pixels, mask: Pixels, colour: str, opacity: float = 1.0) -> Pixels:
    """Paint opaquely through a mask. A little of the grain of the sheet shows in the paint."""
    grain = sheet.mean(axis=-1, keepdims=True)
    texture = 1 + 0.6 * (grain - grain.mean())
    return mix(sheet, np.clip(rgb(colour) * texture, 0, 1), mask * opacity)


def printed(picture: Pixels, sheet: Pixels, grain: float = 1.0) -> Pixels:
    """Give a flat picture the relief of the sheet under it, but not its colour."""
    relief = sheet / sheet.mean(axis=(0, 1))
    return np.asarray(np.clip(picture * (1 + grain * (relief - 1)), 0, 1), dtype=np.float32)


def blurred(mask: Pixels, radius: float) -> Pixels:
    """Blur a mask (H, W) by a Gaussian. Values are rounded to 1/255."""
    image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 255


def framed(picture: Pixels, sheet: Pixels, left: int, top: int) -> Pixels:
    """Lay a picture on a larger sheet."""
    whole = sheet.copy()
    whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole


def to_image(picture: Pixels) -> Image.Image:
    """Convert (H, W, 3) in 0..1 to an 8-bit RGB image."""
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))


class Plate:
    """A drawing surface at twice the size, for smooth edges: a mask, or in colours if a ground is given."""

    def __init__(self, size: Size, ground: str | None = None) -> None:
        big = (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING)
        self.image = Image.new("RGB", big, ground) if ground else Image.new("L", big)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points: ArrayLike, fill: str | int = 255) -> None:
        self.draw.polygon(self._scaled(points), fill=fill)

    def line(self, points: ArrayLike, width: float = 1.0, fill: str | int = 255) -> None:
        self.draw.line(self._scaled(points), fill=fill, width=self._width(width), joint="curve")

    def disc(self, x: float, y: float, radius: float, fill: str | int = 255) -> None:
        self.draw.ellipse(self._box(x, y, radius), fill=fill)

    def ring(self, x: float, y: float, radius: float, width: float = 1.0, fill: str | int = 255) -> None:
        self.draw.ellipse(self._box(x, y, radius), outline=fill, width=self._width(width))

    def pie(self, x: float, y: float, radius: float, start: float, end: float, fill: str | int = 255) -> None:
        """Degrees, clockwise from three o'clock."""
        self.draw.pieslice(self._box(x, y, radius), start, end, fill=fill)

    def arc(
        self, x: float, y: float, radius: float, start: float, end: float, width: float, fill: str | int = 255
    ) -> None:
        """Degrees, clockwise from three o'clock."""
        self.draw.arc(self._box(x, y, radius), start, end, fill=fill, width=self._width(width))

    def write(self, x: float, y: float, text: str, height: float, fill: str | int = 255, anchor: str = "mm") -> None:
        font = ImageFont.load_default(height * SUPERSAMPLING)
        self.draw.text((x * SUPERSAMPLING, y * SUPERSAMPLING), text, fill=fill, font=font, anchor=anchor)

    def pixels(self) -> Pixels:
        """Return (H, W) for a mask, (H, W, 3) for colours."""
        return np.asarray(self.image.reduce(SUPERSAMPLING), dtype=np.float32) / 255

    def _scaled(self, points: ArrayLike) -> Sequence[float]:
        scaled: list[float] = (np.asarray(points, dtype=np.float64) * SUPERSAMPLING).ravel().tolist()
        return scaled

    def _box(self, x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        s = SUPERSAMPLING
        return ((x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s)

    def _width(self, width: float) -> int:
        return max(1, round(width * SUPERSAMPLING))
