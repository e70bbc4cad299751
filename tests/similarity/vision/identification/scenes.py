"""Photographs of pictures, painted in code: any picture at any four corners of a wall, perhaps framed or captioned."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE_PX = (768, 576)
WALL = (198, 192, 180)


def hung(
    pictures: Sequence[tuple[Image.Image, Sequence[tuple[float, float]]]], size_px: tuple[int, int] = SIZE_PX
) -> Image.Image:
    """Mode RGB. Corners in pixels of the photograph: north-west, south-west, south-east, north-east."""
    photograph = np.full((size_px[1], size_px[0], 3), WALL, np.uint8)
    for picture, corners in pictures:
        width_px, height_px = picture.size
        flat = np.array([(0, 0), (0, height_px), (width_px, height_px), (width_px, 0)], np.float32)
        turn = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
        cv2.warpPerspective(
            np.asarray(picture), turn, size_px, photograph, cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
        )
    return Image.fromarray(photograph)


def turned(centre: tuple[float, float], size: tuple[float, float], degrees: float) -> list[tuple[float, float]]:
    """Corners of a rectangle turned clockwise around its centre."""
    angle = np.radians(degrees)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    half = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)]) * np.array(size) / 2
    return [(float(x), float(y)) for x, y in half @ turn + centre]


def captioned(picture: Image.Image, text: str = "Antoni Tapies, 1962") -> Image.Image:
    """The picture with a white strip of text across its lower edge, a sixth of its height."""
    width_px, height_px = picture.size
    canvas = picture.copy()
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, height_px * 5 // 6, width_px, height_px), fill="white")
    font = ImageFont.load_default(height_px / 9)
    draw.text((width_px / 30, height_px * 0.845), text, fill="black", font=font)
    return canvas


def framed(picture: Image.Image, seed: int = 7) -> Image.Image:
    """The picture in a carved frame, which is the same for every picture of its size."""
    width_px, height_px = picture.size[0] + 96, picture.size[1] + 96
    carving = np.random.default_rng(seed).integers(40, 220, (height_px // 8, width_px // 8), dtype=np.uint8)
    frame = Image.fromarray(carving).resize((width_px, height_px), Image.Resampling.BICUBIC)
    frame = ImageOps.colorize(frame, (60, 40, 10), (230, 190, 90))
    frame.paste(picture, (48, 48))
    return frame


def noisy(picture: Image.Image, levels: float = 8, seed: int = 1) -> Image.Image:
    """With Gaussian noise of this standard deviation, in levels of 255."""
    noise = np.random.default_rng(seed).normal(0, levels, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def shares(corners: Sequence[tuple[float, float]], size_px: tuple[int, int] = SIZE_PX) -> NDArray[np.float64]:
    """(4, 2) 0..1 of the photograph."""
    return np.array(corners) / size_px
