"""What the browser needs to lay the pictures of a pair over one another, as JSON in an attribute of the page."""

import json
import math
from typing import Any

from django.urls import reverse

from collection.files import storage
from collection.models import ArtworkImage
from similarity.models import DuplicatePair, Kind

MIRROR = [[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]  # of fractions, from left to right

LEAST_DETERMINANT = 1e-9


def overlay(pair: DuplicatePair) -> str:
    """Return JSON: both pictures, and the matrix from fractions of the second to those of the first, or null."""
    return json.dumps({"pictures": [side(pair.low), side(pair.high)], "matrix": matrix(pair)})


def side(image: ArtworkImage) -> dict[str, Any]:
    """Return the size of a picture in pixels, its name, its derivative's long side, and a larger image's address."""
    shown_px = min(storage.SIDES_PX[-1], max(image.width_px, image.height_px))
    has_larger = max(image.width_px, image.height_px) > shown_px
    return {
        "name": image.artwork.accession_number,
        "width": image.width_px,
        "height": image.height_px,
        "shown": shown_px,
        "closeup": reverse("closeup", args=[image.pk]) if has_larger else "",
    }


def matrix(pair: DuplicatePair) -> list[float] | None:
    """Return the nine numbers of the matrix, row by row, or None if the pair is not aligned.

    The stored homography of a mirrored copy expects the mirrored second picture. Here the matrix mirrors it too.
    """
    rows: Any = pair.homography
    if not is_matrix(rows):
        return None
    if pair.kind == Kind.MIRRORED:
        rows = [[sum(row[k] * MIRROR[k][column] for k in range(3)) for column in range(3)] for row in rows]
    return [float(value) for row in rows for value in row]


def is_matrix(rows: Any) -> bool:
    """Return True for three rows of three finite numbers that can be inverted."""
    if not (isinstance(rows, list) and len(rows) == 3 and all(isinstance(row, list) and len(row) == 3 for row in rows)):
        return False
    if not all(isinstance(value, int | float) and math.isfinite(value) for row in rows for value in row):
        return False
    (a, b, c), (d, e, f), (g, h, i) = rows
    return abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)) > LEAST_DETERMINANT
