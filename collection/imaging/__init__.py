"""Check and decode pictures: convert bytes to upright sRGB pixels, or refuse them with a sentence for the sender.

This package uses neither Django nor a database. The caller passes the settings as `Limits`.
"""

from collection.imaging.checking import CheckedImage, check
from collection.imaging.colour import to_srgb
from collection.imaging.cropping import Crop
from collection.imaging.limits import ADMITTED, DEFAULT_LIMITS, Limits, ProcessLimits, check_size
from collection.imaging.naming import check_name
from collection.imaging.opening import fit, open_header, open_upright
from collection.imaging.orientation import orientation
from collection.imaging.own_process import is_needed as needs_own_process
from collection.imaging.own_process import use_lock
from collection.imaging.refusals import (
    ActiveName,
    Busy,
    Damaged,
    EmptyFile,
    NotAPicture,
    PreviewOnly,
    Refused,
    TooCostly,
    TooElongated,
    TooManyBytes,
    TooManyPixels,
    TooManyScans,
    TooMuchMetadata,
    TooSmall,
    UnacceptedFormat,
    UnreadableName,
    UnusableCrop,
)
from collection.imaging.shrinking import shrink, shrink_quickly, shrinks_on_load
from collection.imaging.streaming.reducing import reduce
from collection.imaging.streaming.strips import header_size
from collection.imaging.streaming.tiling import TILE_PX, tile

__all__ = [
    "ADMITTED",
    "DEFAULT_LIMITS",
    "TILE_PX",
    "ActiveName",
    "Busy",
    "CheckedImage",
    "Crop",
    "Damaged",
    "EmptyFile",
    "Limits",
    "NotAPicture",
    "PreviewOnly",
    "ProcessLimits",
    "Refused",
    "TooCostly",
    "TooElongated",
    "TooManyBytes",
    "TooManyPixels",
    "TooManyScans",
    "TooMuchMetadata",
    "TooSmall",
    "UnacceptedFormat",
    "UnreadableName",
    "UnusableCrop",
    "check",
    "check_name",
    "check_size",
    "fit",
    "header_size",
    "needs_own_process",
    "open_header",
    "open_upright",
    "orientation",
    "reduce",
    "shrink",
    "shrink_quickly",
    "shrinks_on_load",
    "tile",
    "to_srgb",
    "use_lock",
]
