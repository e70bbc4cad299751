"""Alterations that copies of pictures go through: recompressed, cropped, rotated, photographed, and so on.

Numbers in the names are: JPEG quality, exponent, degrees, per cent of a side, pixels of a picture 512 px long, share of
full scale. Random choices depend on the seed and the name alone, so an alteration can be repeated exactly.
"""

import io
from collections.abc import Callable
from functools import partial
from zlib import crc32

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Random = np.random.Generator
Alter = Callable[[Image.Image, Random], Image.Image]

REFERENCE_PX = 512  # the longer side of the picture that strengths in pixels refer to
WHITE = (255, 255, 255)
DARK = (24, 22, 20)


def alter(picture: Image.Image, name: str, seed: int = 0) -> Image.Image:
    """Return an altered copy in mode RGB. Raise KeyError for a name that is in neither ALTERATIONS nor FURTHER."""
    rng = np.random.default_rng([seed, crc32(name.encode())])
    return (ALTERATIONS | FURTHER)[name](picture.convert("RGB"), rng)


def recompressed(picture: Image.Image, _: Random, *, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def gamma(picture: Image.Image, _: Random, *, exponent: float) -> Image.Image:
    """Apply a gamma curve. Exponents above 1 darken."""
    table = [round(255 * (level / 255) ** exponent) for level in range(256)]
    return picture.point(table * 3)


def hue(picture: Image.Image, _: Random, *, degrees: float) -> Image.Image:
    """Rotate all hues; keep saturation and value."""
    hues, saturation, value = picture.convert("HSV").split()
    turned = hues.point([(level + round(degrees / 360 * 256)) % 256 for level in range(256)])
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def greyscale(picture: Image.Image, _: Random) -> Image.Image:
    return picture.convert("L").convert("RGB")


def cropped(picture: Image.Image, rng: Random, *, percent: float) -> Image.Image:
    """Cut a share off each side's length, at a random place: a crop by 50 % keeps a quarter of the area."""
    width_px, height_px = (max(1, round(side * (1 - percent / 100))) for side in picture.size)
    left_px = int(rng.integers(0, picture.width - width_px + 1))
    top_px = int(rng.integers(0, picture.height - height_px + 1))
    return picture.crop((left_px, top_px, left_px + width_px, top_px + height_px))


def bordered(picture: Image.Image, _: Random, *, percent: float, colour: tuple[int, int, int]) -> Image.Image:
    """Add a border on all sides, as wide as this share of the longer side."""
    wide_px = round(max(picture.size) * percent / 100)
    ground = Image.new("RGB", (picture.width + 2 * wide_px, picture.height + 2 * wide_px), colour)
    ground.paste(picture, (wide_px, wide_px))
    return ground


def turned(picture: Image.Image, rng: Random, *, degrees: float) -> Image.Image:
    """Rotate clockwise or anticlockwise within the same size. The exposed corners are white."""
    side = 1 if rng.integers(2) else -1
    return picture.rotate(side * degrees, Image.Resampling.BICUBIC, fillcolor=WHITE)


def reduced(picture: Image.Image, _: Random, *, side_px: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return small


def quarter_turned(picture: Image.Image, _: Random) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_90)


def mirrored(picture: Image.Image, _: Random) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def blurred(picture: Image.Image, _: Random, *, radius_px: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius_px * max(picture.size) / REFERENCE_PX))


def noisy(picture: Image.Image, rng: Random, *, deviation: float) -> Image.Image:
    """Add Gaussian noise to each channel. The standard deviation is a share of full scale."""
    pixels = np.asarray(picture, dtype=np.float32)
    noise = 255 * deviation * rng.standard_normal(pixels.shape, dtype=np.float32)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def captioned(picture: Image.Image, rng: Random) -> Image.Image:
    """Draw a line of large letters on a bar at a random height, as in pictures on social networks."""
    altered = picture.copy()
    draw = ImageDraw.Draw(altered)
    high_px = max(8, picture.height // 8)
    top_px = int(rng.integers(0, picture.height - high_px + 1))
    draw.rectangle((0, top_px, picture.width, top_px + high_px), fill=DARK)
    font = ImageFont.load_default(size=max(6, round(high_px * 0.7)))
    draw.text((picture.width // 20, top_px + high_px // 10), "when you see it, share it", fill=WHITE, font=font)
    return altered


def screenshot(picture: Image.Image, rng: Random) -> Image.Image:
    """Put the picture into a window with a title bar, a column of text and margins."""
    margin_px, bar_px = max(picture.size) // 12, max(picture.size) // 10
    column_px = int(rng.integers(picture.width // 6, picture.width // 3 + 1))
    size = picture.width + column_px + 3 * margin_px, picture.height + bar_px + 2 * margin_px
    screen = Image.new("RGB", size, (246, 246, 248))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, size[0], bar_px), fill=(52, 56, 66))
    for place in range(3):
        centre_px = margin_px // 2 + place * bar_px // 2
        draw.ellipse(
            (centre_px, bar_px // 3, centre_px + bar_px // 3, 2 * bar_px // 3), fill=(210, 90 + 60 * place, 80)
        )
    left_px = picture.width + 2 * margin_px
    for line in range(8):
        top_px = bar_px + margin_px + line * margin_px // 2
        right_px = left_px + round(column_px * (0.5 + 0.5 * rng.random()))
        draw.rectangle((left_px, top_px, right_px, top_px + margin_px // 5), fill=(120, 124, 132))
    screen.paste(picture, (margin_px, bar_px + margin_px))
    return screen


def photographed(picture: Image.Image, rng: Random) -> Image.Image:
    """Show the picture framed on a lit wall, slightly from the side and softened."""
    frame_px, wall_px = max(picture.size) // 16, round(max(picture.size) * rng.uniform(0.2, 0.45))
    wood = tuple(int(level) for level in rng.integers((70, 45, 20), (150, 110, 70)))
    framed = Image.new("RGB", (picture.width + 2 * frame_px, picture.height + 2 * frame_px), wood)
    framed.paste(picture, (frame_px, frame_px))
    width_px, height_px = framed.width + 2 * wall_px, framed.height + 2 * wall_px
    light = np.linspace(1.0, rng.uniform(0.75, 0.95), width_px, dtype=np.float32)[None, :, None]
    paint = rng.integers(150, 235, 3).astype(np.float32)
    grain = rng.normal(0, 2, (height_px, width_px, 1)).astype(np.float32)
    wall = Image.fromarray((light * (paint + grain)).clip(0, 255).astype(np.uint8))
    wall.paste(framed, (wall_px, wall_px))
    seen = wall.transform(
        wall.size, Image.Transform.PERSPECTIVE, random_perspective(wall.size, rng), Image.Resampling.BICUBIC,
        fillcolor=tuple(int(level) for level in paint),
    )  # fmt: skip
    return seen.filter(ImageFilter.GaussianBlur(0.6 * max(wall.size) / (2 * REFERENCE_PX)))


def random_perspective(size: tuple[int, int], rng: Random, *, most: float = 0.05) -> list[float]:
    """Return the 8 coefficients of a perspective that moves each corner by at most this share of the side."""
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * size
    moved = corners + rng.uniform(-most, most, (4, 2)) * size
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, moved, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(values))]


ALTERATIONS: dict[str, Alter] = {
    "jpeg-60": partial(recompressed, quality=60),
    "jpeg-30": partial(recompressed, quality=30),
    "jpeg-10": partial(recompressed, quality=10),
    "gamma-0.6": partial(gamma, exponent=0.6),
    "gamma-1.6": partial(gamma, exponent=1.6),
    "hue-30": partial(hue, degrees=30),
    "greyscale": greyscale,
    "crop-5": partial(cropped, percent=5),
    "crop-10": partial(cropped, percent=10),
    "crop-20": partial(cropped, percent=20),
    "crop-35": partial(cropped, percent=35),
    "crop-50": partial(cropped, percent=50),
    "border-10": partial(bordered, percent=10, colour=WHITE),
    "border-dark-10": partial(bordered, percent=10, colour=DARK),
    "rotate-1": partial(turned, degrees=1),
    "rotate-3": partial(turned, degrees=3),
    "rotate-5": partial(turned, degrees=5),
    "rotate-10": partial(turned, degrees=10),
    "flip": mirrored,
    "blur-2": partial(blurred, radius_px=2),
    "noise-0.05": partial(noisy, deviation=0.05),
    "text": captioned,
    "screenshot": screenshot,
    "wall": photographed,
}

# Measured by `evaluate_duplicates` only. Crops keep 75 and 50 % of the area.
FURTHER: dict[str, Alter] = {
    "resize-160": partial(reduced, side_px=160),
    "crop-13": partial(cropped, percent=13.4),
    "crop-29": partial(cropped, percent=29.3),
    "turn-90": quarter_turned,
}
