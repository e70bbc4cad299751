"""Pack local features into bytes, so that a picture's features are computed once.

Descriptors become uint8: rows of length 1 have no number above 1, and hardly any above 0.5. Positions become uint16
fractions of the sides. 400 features take 53 kB. The luminance is left out.
"""

import struct

import numpy as np

from similarity.vision.local_features.features import Features

VERSION = 1
HEADER = struct.Struct("<HHHH")  # version, width and height in px, number of features
STEPS = 512  # for the range 0..1 of a descriptor's numbers; those above 255 / 512 are cut off
FRACTIONS = 65_535
POINT_BYTES, DESCRIPTOR_BYTES = 4, 128


def pack(found: Features) -> bytes:
    """Return the features as bytes."""
    width_px, height_px = found.size_px
    points = np.round(found.points / (width_px, height_px) * FRACTIONS).clip(0, FRACTIONS).astype("<u2")
    descriptors = np.round(found.descriptors * STEPS).clip(0, 255).astype(np.uint8)
    header = HEADER.pack(VERSION, width_px, height_px, len(points))
    return header + points.tobytes() + descriptors.tobytes()


def unpack(data: bytes) -> Features:
    """Return packed features, whose luminance is black. Raise ValueError for bytes that `pack` did not write."""
    if len(data) < HEADER.size:
        raise ValueError("The packed features are truncated.")
    version, width_px, height_px, count = HEADER.unpack_from(data)
    if version != VERSION or len(data) != HEADER.size + count * (POINT_BYTES + DESCRIPTOR_BYTES):
        raise ValueError("The packed features are of another version or truncated.")
    points = np.frombuffer(data, "<u2", 2 * count, HEADER.size).reshape(count, 2)
    start = HEADER.size + count * POINT_BYTES
    numbers = np.frombuffer(data, np.uint8, offset=start).reshape(count, DESCRIPTOR_BYTES).astype(np.float32)
    lengths = np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1)
    return Features(
        np.asarray(points * (np.array([width_px, height_px]) / FRACTIONS), np.float32),
        np.asarray(numbers / lengths, np.float32),
        np.broadcast_to(np.uint8(0), (height_px, width_px)),  # takes no memory
    )
