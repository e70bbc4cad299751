"""Regions and sizes: what the standard demands, and what it forbids."""

import pytest

from collection.iiif import geometry, image_requests
from collection.iiif.geometry import Plan
from collection.iiif.image_requests import BadRequestError

FULL = (4000, 3000)


def plan(region: str = "full", size: str = "max", full: tuple[int, int] = FULL, **more: str) -> Plan:
    rest = {"rotation": "0", "quality": "default", "extension": "jpg", **more}
    return geometry.plan(image_requests.parse(region, size, **rest), full)


@pytest.mark.parametrize(
    ("region", "box"),
    [
        ("full", (0, 0, 4000, 3000)),
        ("square", (500, 0, 3000, 3000)),
        ("10,20,30,40", (10, 20, 30, 40)),
        ("0,0,1,1", (0, 0, 1, 1)),
        ("3990,2990,500,500", (3990, 2990, 10, 10)),
        ("0,0,999999999,999999999", (0, 0, 4000, 3000)),
        ("pct:10,10,50,50", (400, 300, 2000, 1500)),
        ("pct:0.5,0,.5,100", (20, 0, 20, 3000)),
        ("pct:41.6,7.5,66.6,100", (1664, 225, 2336, 2775)),
        ("pct:99.9,0,999999999,100", (3996, 0, 4, 3000)),
    ],
)
def test_a_region_is_cut_at_the_edges_of_the_picture(region, box):
    assert plan(region).box == box


@pytest.mark.parametrize(
    "region",
    ["4000,0,10,10", "0,3000,10,10", "0,0,0,10", "0,0,10,0", "pct:100,0,10,10", "pct:0,0,0,50", "pct:0,0,0.001,50"],
)
def test_a_region_without_a_pixel_of_the_picture_is_refused(region):
    with pytest.raises(BadRequestError, match="no pixels of the picture, which has 4000 by 3000"):
        plan(region)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("max", (4000, 3000)),
        ("400,", (400, 300)),
        (",300", (400, 300)),
        ("pct:10", (400, 300)),
        ("pct:0.1", (4, 3)),
        ("200,1000", (200, 1000)),
        ("!1000,300", (400, 300)),
        ("!2000,9000", (2000, 1500)),
        ("!9000,9000", (4000, 3000)),
        ("^!9000,9000", (4000, 3000)),
        ("^400,", (400, 300)),
        ("^max", (4000, 3000)),
    ],
)
def test_sizes_of_the_full_image(size, expected):
    assert plan("full", size).size == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("max", (100, 50)),
        ("^max", (4000, 2000)),
        ("^200,", (200, 100)),
        ("^pct:300", (300, 150)),
        ("!500,500", (100, 50)),
        ("^!500,500", (500, 250)),
        ("^90,400", (90, 400)),
    ],
)
def test_only_a_size_with_a_caret_enlarges_a_region(size, expected):
    assert plan("0,0,100,50", size).size == expected


@pytest.mark.parametrize("size", ["101,", ",51", "pct:101", "pct:999999999", "101,50", "100,51"])
def test_enlarging_without_a_caret_is_refused_with_advice(size):
    with pytest.raises(BadRequestError, match=r"larger than the region, which has 100 by 50 pixels; put \^"):
        plan("0,0,100,50", size)


@pytest.mark.parametrize("size", ["^4001,", "^,3001", "^pct:101", "^4001,1", "^1,3001", "^999999999,999999999"])
def test_nothing_is_enlarged_beyond_the_public_size(size):
    with pytest.raises(BadRequestError, match="maxWidth, maxHeight or maxArea"):
        plan("full", size)


@pytest.mark.parametrize("size", ["0,", ",0", "0,0", "10,0", "pct:0", "pct:0.001", "!0,0", "!10,0", "^0,", "^pct:0"])
def test_a_size_without_pixels_is_refused(size):
    with pytest.raises(BadRequestError, match="no pixels"):
        plan("full", size)


def test_a_long_thin_region_is_refused_if_its_other_side_would_vanish():
    with pytest.raises(BadRequestError, match="no pixels"):
        plan("0,0,4000,3", "100,")


def test_an_answer_has_at_most_the_maximum_area():
    huge = (16_000, 12_000)

    largest = plan("full", "max", huge).size

    assert largest == (4729, 3547)
    assert largest[0] * largest[1] <= geometry.AREA_LIMIT_PX
    assert plan("full", "!9999,9999", huge).size == largest
    with pytest.raises(BadRequestError, match="maxArea"):
        plan("full", "pct:100", huge)
    with pytest.raises(BadRequestError, match="maxArea"):
        plan("full", "10000,10000", huge)


@pytest.mark.parametrize(
    ("size", "rotation", "turned"),
    [
        ("max", "0", (4000, 3000)),
        ("max", "90", (3000, 4000)),
        ("max", "!180", (4000, 3000)),
        ("max", "270", (3000, 4000)),
        ("1000,", "45", (1238, 1238)),
        ("^4000,1", "30", (3465, 2001)),
    ],
)
def test_the_size_after_rotation_is_that_of_the_box_around_the_turned_picture(size, rotation, turned):
    assert plan("full", size, rotation=rotation).turned_size == turned


@pytest.mark.parametrize(
    ("region", "size", "full"),
    [("full", "max", FULL), ("0,0,16000,1", "max", (16_000, 12_000)), ("0,0,9,9", "^3000,", FULL)],
)
def test_an_answer_above_the_maximum_area_after_rotation_is_refused_with_advice(region, size, full):
    with pytest.raises(BadRequestError, match=r"maxArea.*smaller size"):
        plan(region, size, full, rotation="45")


def test_a_right_angle_permits_the_maximum_area():
    assert plan("full", "max", (4096, 4096), rotation="90").turned_size == (4096, 4096)


@pytest.mark.parametrize(
    ("region", "size", "canonical"),
    [
        ("full", "max", "full/max"),
        ("0,0,4000,3000", "4000,", "full/max"),
        ("pct:0,0,100,100", "pct:50", "full/2000,1500"),
        ("square", "^max", "500,0,3000,3000/max"),
        ("0,0,100,50", "^max", "0,0,100,50/^max"),
        ("0,0,100,50", "^200,", "0,0,100,50/^200,100"),
        ("0,0,100,50", "!70,70", "0,0,100,50/70,35"),
        ("3990,0,99,99", "max", "3990,0,10,99/max"),
    ],
)
def test_the_canonical_form_has_pixels_and_both_sides(region, size, canonical):
    assert plan(region, size).canonical == f"{canonical}/0/default.jpg"


@pytest.mark.parametrize(
    ("rotation", "canonical"), [("0", "0"), ("360", "0"), ("90.0", "90"), ("!022.50", "!22.5"), (".5", "0.5")]
)
def test_the_canonical_rotation_is_short(rotation, canonical):
    assert plan("0,0,9,9", rotation=rotation).canonical == f"0,0,9,9/max/{canonical}/default.jpg"


def test_tiles_and_sizes_of_info_json_are_kept_and_nothing_else():
    tiles = [
        plan("0,0,512,512"),
        plan("512,1024,512,512", "512,512"),
        plan("3584,2560,416,440"),
        plan("0,0,1024,1024", "512,"),
        plan("2048,2048,1952,952", "488,238"),
        plan("0,0,4000,3000", "500,375"),
        plan("full", "1000,"),
        plan("0,0,512,512", extension="webp"),
        plan("0,0,512,512", quality="color"),
    ]
    others = [
        plan("1,0,512,512"),
        plan("0,0,513,512"),
        plan("0,0,512,512", "511,"),
        plan("0,0,512,512", rotation="90"),
        plan("0,0,512,512", rotation="!0"),
        plan("0,0,512,512", quality="gray"),
        plan("0,0,512,512", extension="png"),
        plan("full", "999,"),
        plan("256,0,256,256"),
        plan("0,0,1024,1024"),
        plan("full", "max"),  # as large as hundreds of tiles
    ]

    assert [geometry.is_standard(each) for each in tiles] == [True] * len(tiles)
    assert [geometry.is_standard(each) for each in others] == [False] * len(others)
