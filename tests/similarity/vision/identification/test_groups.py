"""Regions and recognised pictures are grouped into works, each with its own answers."""

import numpy as np

from similarity.vision.identification import groups
from similarity.vision.identification.groups import Region
from similarity.vision.identification.verification import Verification

LEFT = np.array([(0.1, 0.2), (0.1, 0.8), (0.4, 0.8), (0.4, 0.2)], np.float32)
LEFT_INSIDE = np.array([(0.15, 0.25), (0.15, 0.75), (0.35, 0.75), (0.35, 0.25)], np.float32)
RIGHT = LEFT + np.array((0.5, 0), np.float32)
WHOLE = Region(groups.WHOLE, {"wall": 0.5, "tree": 0.3})


def recognised(outline, inliers: int = 50) -> Verification:
    return Verification(inliers, 0.8, 0.2, is_same=True, outline=outline)


REFUSED = Verification(3, 0.0, 0.0, is_same=False, outline=None)


def test_regions_of_one_work_are_one_work():
    regions = [
        Region(LEFT, {"tree": 0.4}),
        Region(LEFT_INSIDE, {"tree": 0.7, "boat": 0.6}),
        Region(RIGHT, {"sea": 0.5}),
    ]

    left, right = groups.group(WHOLE, regions, {})

    assert [candidate.key for candidate in left.candidates] == ["tree", "boat"]
    assert left.candidates[0].cosine == 0.7
    assert [candidate.key for candidate in right.candidates] == ["sea"]
    assert left.identified is None


def test_a_recognised_picture_comes_first_and_gives_the_outline():
    outline = LEFT + np.array((0.01, 0), np.float32)
    regions = [Region(LEFT, {"boat": 0.9, "tree": 0.2})]

    (work,) = groups.group(WHOLE, regions, {"tree": recognised(outline), "boat": REFUSED})

    assert work.identified == "tree"
    assert np.array_equal(work.corners, outline)
    assert [candidate.key for candidate in work.candidates] == ["tree", "boat"]


def test_a_recognised_picture_is_a_work_where_no_region_was_found():
    found = groups.group(WHOLE, [Region(LEFT, {"boat": 0.4})], {"tree": recognised(RIGHT)})

    assert [work.identified for work in found] == ["tree", None]


def test_two_pictures_of_one_work_are_one_work_and_the_better_one_is_its_answer():
    verified = {"print": recognised(LEFT_INSIDE, 20), "painting": recognised(LEFT, 90)}

    (work,) = groups.group(WHOLE, [Region(LEFT, {"print": 0.9, "painting": 0.8})], verified)

    assert [candidate.key for candidate in work.candidates] == ["painting", "print"]


def test_a_picture_recognised_elsewhere_is_no_answer_here():
    regions = [Region(LEFT, {"tree": 0.9}), Region(RIGHT, {"tree": 0.8, "boat": 0.3})]

    left, right = groups.group(WHOLE, regions, {"tree": recognised(LEFT)})

    assert left.identified == "tree"
    assert [candidate.key for candidate in right.candidates] == ["boat"]


def test_the_whole_photograph_is_a_work_only_if_there_is_no_other():
    (alone,) = groups.group(WHOLE, [], {})
    (recognised_alone,) = groups.group(WHOLE, [], {"tree": recognised(LEFT)})

    assert np.array_equal(alone.corners, groups.WHOLE)
    assert [candidate.key for candidate in alone.candidates] == ["wall", "tree"]
    assert recognised_alone.identified == "tree"


def test_one_work_that_was_not_recognised_is_also_ranked_by_the_whole_photograph():
    (work,) = groups.group(WHOLE, [Region(LEFT, {"boat": 0.4})], {})

    assert [candidate.key for candidate in work.candidates] == ["wall", "boat", "tree"]
    assert np.array_equal(work.corners, LEFT)


def test_further_regions_add_cosines_to_recognised_pictures_and_are_no_works():
    further = [Region(LEFT, {"tree": 0.6, "boat": 0.2}), Region(RIGHT, {"sea": 0.9})]

    (work,) = groups.group(WHOLE, [], {"tree": recognised(LEFT)}, further)

    assert [(candidate.key, candidate.cosine) for candidate in work.candidates] == [("tree", 0.6), ("boat", 0.2)]


def test_a_picture_that_no_region_was_near_to_has_no_cosine():
    (work,) = groups.group(WHOLE, [], {"tree": recognised(LEFT)})

    assert work.candidates[0].cosine is None
