"""The syntax of image requests."""

import pytest

from collection.iiif import image_requests
from collection.iiif.image_requests import BadRequestError

GOOD = {"region": "full", "size": "max", "rotation": "0", "quality": "default", "extension": "jpg"}
NUMBERS = ["-1", "1e3", "0x10", "1_000", "٣", "+1", "nan", "inf", "", "1" * 10, "1" * 10_000, "1 ", "１"]
HOSTILE = ["../..", "%2e%2e", "a/b", "full ", "FULL", "\u202efull", "<script>", "full\n", "🖼", "a" * 10_000, "^", "\0"]
SIZES = ["full", ",", "!", "!,", "!10,", "!,10", "10", "1.5,", "^^max", "max^", "!max", "10,^10", "pct:"]


def refused(**changed: str) -> str:
    with pytest.raises(BadRequestError) as caught:
        image_requests.parse(**{**GOOD, **changed})
    return str(caught.value)


@pytest.mark.parametrize(
    "region", [*HOSTILE, *(f"{number},0,10,10" for number in NUMBERS), "0,0,10", "0,0,10,10,10", "1.5,0,10,10", ",,,"]
)
def test_other_regions_are_refused_with_the_forms_that_exist(region):
    assert "A region is full, square, x,y,w,h" in refused(region=region)


@pytest.mark.parametrize("number", [each for each in NUMBERS if each])
def test_other_percentages_are_refused(number):
    assert "pct:x,y,w,h in percent" in refused(region=f"pct:0,0,10,{number}")
    assert "pct:n" in refused(size=f"pct:{number}")


@pytest.mark.parametrize("size", [*HOSTILE, *SIZES])
def test_other_sizes_are_refused_with_the_forms_that_exist(size):
    assert "A size is max, w, or ,h" in refused(size=size)


@pytest.mark.parametrize("rotation", [*HOSTILE, *NUMBERS, "360.1", "999999999", "!", "!!0", "0!"])
def test_other_rotations_are_refused(rotation):
    assert "degrees from 0 to 360" in refused(rotation=rotation)


@pytest.mark.parametrize("quality", [*HOSTILE, "grey", "native", "Default"])
def test_other_qualities_are_refused(quality):
    assert "The qualities are default, color, gray, bitonal." in refused(quality=quality)


@pytest.mark.parametrize("extension", [*HOSTILE, "tif", "gif", "jp2", "pdf", "jpeg", "JPG", "svg", ""])
def test_other_formats_are_refused(extension):
    assert "The formats are jpg, png, webp." in refused(extension=extension)
