"""Alterations of planted copies, as careless registration leaves them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

GOOD_QUALITY, POOR_QUALITY = 90, 35
CROPPED_SHARE = 0.05
ROTATION_DEGREES = 3.0


def alter(name: str, picture: Image.Image, rng: Generator) -> Image.Image:
    """Alter a picture. `name` is one of ALTERATIONS."""
    return ALTERATIONS[name](picture, rng)


def quality(name: str) -> int:
    """Return the JPEG quality with which the altered picture is written."""
    return POOR_QUALITY if name == "recompressed" else GOOD_QUALITY


def recompressed(picture: Image.Image, rng: Generator) -> Image.Image:
    """Return the picture unchanged: the loss comes from writing the file."""
    return picture


def cropped(picture: Image.Image, rng: Generator) -> Image.Image:
    """Crop five per cent of the height and of the width, unevenly."""
    width, height = picture.size
    lost = np.array([width, height]) * CROPPED_SHARE
    left, top = (lost * rng.uniform(0.2, 0.8, 2)).astype(int).tolist()
    return picture.crop((left, top, left + int(width - lost[0]), top + int(height - lost[1])))


def bordered(picture: Image.Image, rng: Generator) -> Image.Image:
    """Add a mount: a pale border and a thin dark line."""
    margin = int(max(picture.size) * rng.uniform(0.04, 0.06))
    sheet = Image.new("RGB", (picture.width + 2 * margin, picture.height + 2 * margin), "#e9e6df")
    sheet.paste(Image.new("RGB", (picture.width + 6, picture.height + 6), "#3b3733"), (margin - 3, margin - 3))
    sheet.paste(picture, (margin, margin))
    return sheet


def rotated(picture: Image.Image, rng: Generator) -> Image.Image:
    """Rotate the picture a little on a grey table."""
    turn = ROTATION_DEGREES * rng.choice([-1, 1])
    return picture.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor="#8c8a86")


def recoloured(picture: Image.Image, rng: Generator) -> Image.Image:
    """Add a colour cast, as by wrong light, and a little contrast."""
    gains = np.array([1.12, 1.0, 0.82]) if rng.random() < 0.5 else np.array([0.86, 0.98, 1.12])
    shifted = np.clip(np.asarray(picture, dtype=np.float32) * gains, 0, 255).astype(np.uint8)
    return ImageEnhance.Contrast(Image.fromarray(shifted)).enhance(1.12)


def watermarked(picture: Image.Image, rng: Generator) -> Image.Image:
    """Write the name of a picture library across the middle."""
    x, y = picture.width / 2, picture.height * rng.uniform(0.45, 0.6)
    font = ImageFont.load_default(picture.width / 11)
    for colour, shift in (("#202020", 3), ("white", 0)):  # a dark edge, legible on pale sheets
        layer = Image.new("L", picture.size)
        ImageDraw.Draw(layer).text((x + shift, y + shift), "STUDY COPY", fill=110, font=font, anchor="mm")
        layer = layer.rotate(18, Image.Resampling.BICUBIC)
        picture = Image.composite(Image.new("RGB", picture.size, colour), picture, layer)
    return picture


ALTERATIONS: dict[str, Callable[[Image.Image, Generator], Image.Image]] = {
    "recompressed": recompressed,
    "cropped": cropped,
    "bordered": bordered,
    "rotated": rotated,
    "recoloured": recoloured,
    "watermarked": watermarked,
}
