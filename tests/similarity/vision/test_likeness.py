"""Mirrored copies and details are suggested with their relation; different pictures are not suggested."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps

from similarity.vision.copies import copy_alterations, fingerprint, placement
from similarity.vision.copies.placement import Likeness
from tests.pictures import landscape

NEAR, FAR = 0.0, 1.0  # distances by descriptor, of pairs of which the first alone get a closer look


def compared(one: Image.Image, *others: Image.Image, distance: float = NEAR) -> list[Likeness]:
    first, *rest = fingerprint.of([np.asarray(picture.convert("RGB")) for picture in (one, *others)])
    return placement.compare(first, rest, [distance] * len(rest), near=NEAR)


def part(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Shares of the sides."""
    width, height = picture.size
    return picture.crop((round(left * width), round(top * height), round(right * width), round(bottom * height)))


def symmetric(seed: int) -> Image.Image:
    half = part(landscape(seed), 0, 0, 0.5, 1)
    whole = Image.new("RGB", (2 * half.width, half.height))
    whole.paste(half, (0, 0))
    whole.paste(ImageOps.mirror(half), (half.width, 0))
    return whole


def scanned_from_behind(picture: Image.Image) -> Image.Image:
    """Not cropped as before, paler, and saved as a small file."""
    return copy_alterations.alter(part(ImageOps.mirror(picture), 0.04, 0.02, 1, 0.97), "jpeg-30").point(
        [round(40 + 0.8 * level) for level in range(256)] * 3
    )


@pytest.mark.parametrize("alter", [ImageOps.mirror, scanned_from_behind])
def test_a_mirrored_copy_is_suggested_as_a_mirrored_duplicate(
    alter: Callable[[Image.Image], Image.Image],
) -> None:
    found = [compared(landscape(seed), alter(landscape(seed)))[0] for seed in range(4)]

    assert {(one.relation, one.suggestion) for one in found} == {("mirrored", "duplicate")}
    assert all(one.hash_distance is not None and one.hash_distance < 20 for one in found)


def test_a_copy_of_a_symmetric_picture_is_not_called_mirrored() -> None:
    picture = symmetric(1)

    (found,) = compared(picture, part(picture, 0.03, 0.03, 0.97, 0.97))

    assert (found.relation, found.suggestion) == ("", "duplicate")


@pytest.mark.parametrize("paint", [landscape, symmetric])
def test_different_pictures_are_not_suggested_however_near_their_vectors(paint: Callable[[int], Image.Image]) -> None:
    pictures = [paint(seed) for seed in range(8)]

    found = [one for place, picture in enumerate(pictures) for one in compared(picture, *pictures[:place])]

    assert [one for one in found if one.suggestion != "none"] == []


DETAILS = {
    "of the middle": (0.2, 0.2, 0.8, 0.8),
    "of a corner": (0, 0.4, 0.55, 1),
    "half of each side": (0.4, 0.3, 0.9, 0.8),
    "upright": (0.3, 0.1, 0.75, 0.9),
    "of a strip": (0.05, 0.35, 0.85, 0.85),
}


@pytest.mark.parametrize("box", DETAILS.values(), ids=DETAILS.keys())
def test_a_detail_and_its_whole_are_suggested_as_similar_either_way_round(
    box: tuple[float, float, float, float],
) -> None:
    whole = landscape(3)
    detail = copy_alterations.alter(part(whole, *box), "jpeg-60")

    found = compared(whole, detail) + compared(detail, whole)

    assert [(one.relation, one.suggestion) for one in found] == [("detail", "similar")] * 2


def test_a_picture_is_suggested_as_a_detail_of_its_screenshot() -> None:
    picture = landscape(5)

    (found,) = compared(copy_alterations.alter(picture, "screenshot"), picture)

    assert (found.relation, found.suggestion) == ("detail", "similar")


def test_pictures_with_distant_descriptors_get_no_closer_comparison() -> None:
    picture = landscape(3)

    found = compared(picture, ImageOps.mirror(picture), part(picture, 0.2, 0.2, 0.8, 0.8), distance=FAR)

    assert [one.suggestion for one in found] == ["none", "none"]


def test_of_many_near_pictures_the_nearest_get_the_closer_comparisons() -> None:
    picture, mirrored = landscape(3), ImageOps.mirror(landscape(3))
    one, *others = fingerprint.of([np.asarray(each) for each in [picture] + [mirrored] * 5])

    found = placement.compare(one, others, [0.5, 0.1, 0.4, 0.2, 0.3], near=1.0)

    assert [each.relation for each in found] == ["", "mirrored", "", "mirrored", "mirrored"]


def test_pictures_already_found_to_be_copies_take_no_closer_comparison_from_others() -> None:
    picture, mirrored = landscape(3), ImageOps.mirror(landscape(3))
    one, *others = fingerprint.of([np.asarray(each) for each in [picture] * 6 + [mirrored]])

    found = placement.compare(one, others, [0.1] * 5 + [0.5], near=1.0)

    assert [each.relation for each in found] == [""] * 5 + ["mirrored"]


def test_blank_pictures_match_nothing() -> None:
    blank, nearly, picture = Image.new("RGB", (300, 200), "white"), Image.new("RGB", (300, 200), "ivory"), landscape(3)

    found = compared(blank, nearly, blank, picture) + compared(picture, blank)

    assert {one.suggestion for one in found} == {"none"}


def test_no_candidates_give_no_likeness() -> None:
    assert compared(landscape(1)) == []
