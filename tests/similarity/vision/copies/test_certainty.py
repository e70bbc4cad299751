"""The certainty of a pair is 1 for equal pixels only, and never falls when the evidence grows."""

import math
from dataclasses import replace

import pytest

from similarity.vision.copies import certainty
from similarity.vision.copies.certainty import Evidence

ALIGNED = Evidence(
    is_identical=False, is_aligned=True, correlation=0.7, inliers=60, alike=0.8, colour_difference=4.0,
    colour_distance=3.0,
)  # fmt: skip
REGISTERED = replace(ALIGNED, is_aligned=False, inliers=None, alike=None, colour_difference=None)


def test_equal_pixels_are_certain():
    assert certainty.of(replace(REGISTERED, is_identical=True, correlation=-1.0)) == 1


def test_pixels_that_differ_are_never_quite_certain():
    best = replace(ALIGNED, correlation=1.0, inliers=600, alike=1.0, colour_difference=0.0)

    assert 0.95 < certainty.of(best) < 1


def test_the_certainty_without_evidence_is_above_zero_because_zero_means_not_computed():
    worst = replace(ALIGNED, correlation=-1.0, inliers=0, alike=0.0, colour_difference=100.0)

    assert 0 < certainty.of(worst) < 0.01


@pytest.mark.parametrize(
    ("evidence", "name", "rising"),
    [
        (ALIGNED, "inliers", [8, 20, 100, 600, 5_000]),
        (ALIGNED, "correlation", [0.2, 0.5, 0.9]),
        (ALIGNED, "alike", [0.5, 0.8, 1.0]),
        (ALIGNED, "colour_difference", [60.0, 20.0, 0.0]),
        (REGISTERED, "correlation", [0.5, 0.74, 0.9]),
        (REGISTERED, "colour_distance", [40.0, 20.0, 12.0, 0.0]),
    ],
)
def test_certainty_never_falls_when_the_evidence_grows(evidence: Evidence, name: str, rising: list[float]):
    found = [certainty.of(replace(evidence, **{name: value})) for value in rising]

    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_evidence_that_is_not_a_number_counts_as_missing(broken: float):
    for evidence in (ALIGNED, REGISTERED):
        assert 0 < certainty.of(replace(evidence, correlation=broken)) < 0.5
    assert 0 < certainty.of(replace(ALIGNED, alike=broken, colour_difference=broken)) < certainty.of(ALIGNED)


def test_thumbnails_in_other_colours_need_a_higher_correlation():
    alike, recoloured = replace(REGISTERED, correlation=0.8), replace(REGISTERED, correlation=0.8, colour_distance=18.0)

    assert certainty.of(recoloured) < 0.3 < certainty.of(alike)
    assert certainty.of(replace(recoloured, colour_distance=None)) == certainty.of(recoloured)
    assert certainty.of(replace(recoloured, correlation=0.95)) > 0.3


def test_thumbnails_alone_are_less_certain_if_the_local_features_do_not_align():
    assert certainty.of(replace(REGISTERED, correlation=0.85, inliers=0)) < certainty.of(
        replace(REGISTERED, correlation=0.85)
    )


def test_a_pair_of_an_earlier_release_is_scored_without_its_share_of_alike_cells():
    assert 0 < certainty.of(replace(ALIGNED, alike=None)) < certainty.of(ALIGNED)
