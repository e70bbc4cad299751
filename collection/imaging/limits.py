"""Limits on the size of a picture: the defaults, and the refusals of pictures that exceed them."""

import math
from dataclasses import dataclass, field

from collection.imaging.refusals import EmptyFile, TooElongated, TooManyBytes, TooManyPixels, TooSmall

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


def check_size(size_bytes: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise EmptyFile or TooManyBytes."""
    if size_bytes == 0:
        raise EmptyFile("This file is empty (0 bytes); please check it and send it again.")
    if size_bytes > limits.size_mib * MIB:
        found_mib, limit_mib = size_bytes / MIB, limits.size_mib
        raise TooManyBytes(f"This file is {found_mib:,.1f} MiB large; at most {limit_mib:g} MiB are accepted.")


def check_shape(width_px: int, height_px: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Check the size in a header, before anything is decoded. Raise TooManyPixels, TooElongated or TooSmall."""
    shape = f"{width_px} by {height_px} pixels"
    if width_px * height_px > limits.pixels_mp * MEGAPIXEL:
        found_mp = width_px * height_px / MEGAPIXEL
        raise TooManyPixels(
            f"This picture has {shape} ({found_mp:,.0f} megapixels); "
            f"at most {limits.pixels_mp:g} megapixels are accepted."
        )
    long_px, short_px = max(width_px, height_px), min(width_px, height_px)
    if long_px > limits.side_ratio * short_px:
        raise TooElongated(
            f"This picture has {shape}; its long side may be at most {limits.side_ratio:g} times its short side."
        )
    if short_px < limits.min_side_px:
        raise TooSmall(f"This picture has only {shape}; each side must have at least {limits.min_side_px} pixels.")
