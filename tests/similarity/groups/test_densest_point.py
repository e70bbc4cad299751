import numpy as np

from similarity.groups.graphs import densest_point


def test_the_densest_point_of_a_scattered_group_is_one_of_its_own_and_not_between_its_parts():
    random = np.random.default_rng(0)
    few, many = random.normal(0.2, 0.02, (30, 2)), random.normal(0.8, 0.02, (40, 2))

    x, y = densest_point.find(np.concatenate([few, many]), 0.05)

    assert [x, y] in many.tolist()


def test_points_that_are_all_far_from_each_other_have_the_one_near_the_middle():
    points = np.array([[0.0, 0.0], [0.5, 0.6], [1.0, 1.0]])

    assert densest_point.find(points, 0.05) == (0.5, 0.6)
    assert densest_point.find(points[:1], 0.05) == (0.0, 0.0)


def test_what_is_near_depends_on_the_number_of_works():
    assert densest_point.radius_for(12) > densest_point.radius_for(30_000) == densest_point.NEAR
