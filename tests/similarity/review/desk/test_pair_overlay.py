"""The matrix that the browser gets maps fractions of the second picture to those of the first."""

import json

import numpy as np
import pytest

from similarity.duplicates.review.desk import pair_overlay
from similarity.models import DuplicatePair, Kind
from tests.similarity.review.queued import a_pair

HALF = [[0.5, 0.0, 0.25], [0.0, 0.5, 0.25], [0.0, 0.0, 1.0]]  # the second picture is the middle of the first


def mapped(matrix: list[float] | None, x: float, y: float) -> tuple[float, float]:
    assert matrix is not None
    u, v, w = np.reshape(matrix, (3, 3)) @ (x, y, 1)
    return round(float(u / w), 6), round(float(v / w), 6)


def test_a_detail_lies_where_its_homography_puts_it() -> None:
    matrix = pair_overlay.matrix(DuplicatePair(kind=Kind.DETAIL, homography=HALF))

    assert mapped(matrix, 0, 0) == (0.25, 0.25)
    assert mapped(matrix, 1, 1) == (0.75, 0.75)


def test_the_second_picture_of_a_mirrored_pair_is_mirrored_by_the_matrix() -> None:
    matrix = pair_overlay.matrix(DuplicatePair(kind=Kind.MIRRORED, homography=HALF))

    assert mapped(matrix, 0, 0) == (0.75, 0.25)
    assert mapped(matrix, 1, 1) == (0.25, 0.75)


@pytest.mark.parametrize(
    "homography",
    [
        None,
        [],
        "text",
        [[1, 0], [0, 1]],
        [[0, 0, 0]] * 3,
        [[1, 0, 0], [0, 1, 0], [0, 0, float("nan")]],
        [[1, 0, None]] * 3,
    ],
    ids=str,
)
def test_a_homography_that_cannot_be_used_is_no_alignment(homography: object) -> None:
    assert pair_overlay.matrix(DuplicatePair(homography=homography)) is None


@pytest.mark.django_db
def test_only_a_picture_that_is_larger_than_its_derivative_has_a_close_up() -> None:
    pair = a_pair()
    pair.high.width_px, pair.high.height_px = 800, 600

    low, high = json.loads(pair_overlay.overlay(pair))["pictures"]

    assert low["closeup"] == f"/pictures/{pair.low_id}/closeup.jpg"
    assert (high["closeup"], high["shown"]) == ("", 800)
