"""Limits on the size of a picture: the defaults, and the refusals of pictures that exceed them."""

import math
from dataclasses import dataclass, field

from collection.imaging.refusals import EmptyFile, TooElongated, TooManyBytes, TooManyPixels, TooSmall, gettext_noop

MIB = 2**20
MEGAPIXEL = 1_000_000


@dataclass(frozen=True)
class ProcessLimits:
    """The limits of the separate process in which a large picture is decoded."""

    from_mp: float = 24  # pictures with more megapixels are decoded there; those of most cameras have fewer
    memory_mib: int = 1400  # 1.47 GB, all memory of the process
    time_s: float = 90  # of the clock, and of the processor
    wait_s: float = 60  # until another large picture has been decoded


@dataclass(frozen=True)
class Limits:
    """The maximum size, number of pixels and side ratio, the minimum side, and how to decode."""

    size_mib: float = 50
    pixels_mp: float = 200
    side_ratio: float = 100  # long side : short side; a hand scroll has about 50
    min_side_px: int = 16
    accepts_damage: bool = False  # accept a damaged picture as far as it can be decoded
    process: ProcessLimits = field(default_factory=ProcessLimits)


DEFAULT_LIMITS = Limits()
# For stored pictures, which were checked against the limits at the time of their upload.
ADMITTED = Limits(size_mib=math.inf, pixels_mp=math.inf, side_ratio=math.inf, min_side_px=1, accepts_damage=True)

EMPTY = gettext_noop("This file is empty (0 bytes); please check it and send it again.")
TOO_MANY_BYTES = gettext_noop("This file is %(size)s MiB large; at most %(limit)s MiB are accepted.")
TOO_MANY_PIXELS = gettext_noop(
    "This picture has %(width)s by %(height)s pixels (%(megapixels)s megapixels); "
    "at most %(limit)s megapixels are accepted."
)
TOO_ELONGATED = gettext_noop(
    "This picture has %(width)s by %(height)s pixels; its long side may be at most %(limit)s times its short side."
)
TOO_SMALL = gettext_noop(
    "This picture has only %(width)s by %(height)s pixels; each side must have at least %(limit)s pixels."
)


def check_size(size_bytes: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise EmptyFile or TooManyBytes."""
    if size_bytes == 0:
        raise EmptyFile(EMPTY)
    if size_bytes > limits.size_mib * MIB:
        raise TooManyBytes(TOO_MANY_BYTES, size=f"{size_bytes / MIB:,.1f}", limit=f"{limits.size_mib:g}")


def check_shape(width_px: int, height_px: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Check the size in a header, before anything is decoded. Raise TooManyPixels, TooElongated or TooSmall."""
    shape = {"width": str(width_px), "height": str(height_px)}
    if width_px * height_px > limits.pixels_mp * MEGAPIXEL:
        megapixels = f"{width_px * height_px / MEGAPIXEL:,.0f}"
        raise TooManyPixels(TOO_MANY_PIXELS, **shape, megapixels=megapixels, limit=f"{limits.pixels_mp:g}")
    long_px, short_px = max(width_px, height_px), min(width_px, height_px)
    if long_px > limits.side_ratio * short_px:
        raise TooElongated(TOO_ELONGATED, **shape, limit=f"{limits.side_ratio:g}")
    if short_px < limits.min_side_px:
        raise TooSmall(TOO_SMALL, **shape, limit=str(limits.min_side_px))
