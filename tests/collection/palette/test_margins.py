"""The palette of a work has no colours of the padding or mount around it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from collection.imaging.palette import margins, palettes
from collection.imaging.palette.lab import lab
from tests import pictures

WHITE, CARD, INK = (255, 255, 255), (199, 198, 200), (20, 20, 25)


def work() -> NDArray[np.uint8]:
    """(80, 100, 3): a picture without white or grey."""
    return np.asarray(pictures.landscape(4).convert("RGB").resize((100, 80)))


def framed(picture: NDArray[np.uint8], colour: tuple[int, int, int], *margins_px: int) -> NDArray[np.uint8]:
    """Surround a picture with margins of one colour: top, right, bottom and left."""
    top, right, bottom, left = margins_px
    height, width = picture.shape[:2]
    found = np.full((top + height + bottom, left + width + right, 3), colour, np.uint8)
    found[top : top + height, left : left + width] = picture
    return found


@pytest.mark.parametrize("colour", [WHITE, CARD, INK])
@pytest.mark.parametrize("margins_px", [(20, 20, 20, 20), (1, 30, 1, 30), (1, 12, 2, 40)])
def test_margins_are_no_colours_of_the_palette(colour, margins_px) -> None:
    bare = palettes.palette(work())

    assert palettes.palette(framed(work(), colour, *margins_px)) == bare


def test_a_mount_with_the_grain_of_a_photograph_is_recognised() -> None:
    grain = np.random.default_rng(2).normal(0, 2, (140, 160, 3))
    mounted = np.clip(framed(work(), CARD, 30, 30, 30, 30) + grain, 0, 255).astype(np.uint8)

    left, top, right, bottom = margins.box_within(lab(mounted))

    assert (left, top, right, bottom) == pytest.approx((30, 30, 130, 110), abs=1)


def test_white_within_a_work_stays_a_colour() -> None:
    drawing = np.full((100, 100, 3), 250, np.uint8)
    drawing[20:80, 20:24] = drawing[20:80, 76:80] = drawing[20:24, 20:80] = INK

    shares = {colour.hex: colour.share for colour in palettes.palette(framed(drawing, WHITE, 5, 5, 5, 5))}

    assert set(shares) == {"fafafa", "141419"}
    assert shares["fafafa"] > 0.5


def test_a_border_of_one_colour_on_some_sides_only_is_a_part_of_the_work() -> None:
    picture = work().copy()
    picture[:20] = (150, 190, 230)  # a plain sky

    assert margins.box_within(lab(picture)) == (0, 0, 100, 80)


def test_a_plain_sheet_with_a_speck_has_the_colour_of_the_sheet() -> None:
    sheet = np.full((90, 90, 3), 240, np.uint8)
    sheet[45, 45] = INK

    assert palettes.palette(sheet)[0].hex == "f0f0f0"
