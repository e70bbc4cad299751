"""Each alteration changes the picture, and keeps what its name promises."""

import numpy as np
import pytest
from PIL import Image

from similarity.vision.copies.copy_alterations import ALTERATIONS, alter
from tests import pictures


@pytest.fixture(scope="module")
def painting() -> Image.Image:
    return pictures.painted(400, 300)


@pytest.mark.parametrize("name", ALTERATIONS)
def test_each_alteration_changes_the_picture_and_is_repeatable(painting: Image.Image, name: str):
    before = painting.tobytes()

    altered, again = alter(painting, name, seed=5), alter(painting, name, seed=5)

    assert altered.mode == "RGB"
    assert altered.tobytes() == again.tobytes()
    assert (altered.size, altered.tobytes()) != (painting.size, before)
    assert painting.tobytes() == before


@pytest.mark.parametrize("name", ["crop-20", "rotate-5", "noise-0.05", "screenshot", "wall"])
def test_random_choices_differ_between_pictures(painting: Image.Image, name: str):
    several = {alter(painting, name, seed=seed).tobytes() for seed in range(4)}

    assert len(several) > 1


@pytest.mark.parametrize("name", [name for name in ALTERATIONS if name.split("-")[0] not in ("crop", "border")])
def test_alterations_that_neither_cut_nor_add_keep_the_size(painting: Image.Image, name: str):
    if name in ("screenshot", "wall"):
        assert alter(painting, name).width > painting.width
    else:
        assert alter(painting, name).size == painting.size


def test_a_crop_keeps_its_share_of_each_side_and_shows_nothing_new():
    painting = pictures.painted(200, 150)  # small, as every place is compared

    cropped = alter(painting, "crop-20", seed=3)

    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(painting)[..., 0], (120, 160))
    assert cropped.size == (160, 120)
    assert (windows == np.asarray(cropped)[..., 0]).all(axis=(2, 3)).any()


def test_a_border_leaves_the_picture_within(painting: Image.Image):
    bordered = alter(painting, "border-10")

    assert bordered.size == (480, 380)
    assert bordered.crop((40, 40, 440, 340)).tobytes() == painting.tobytes()
    assert bordered.getpixel((5, 5)) == (255, 255, 255)


def test_a_mirrored_picture_mirrored_is_itself(painting: Image.Image):
    assert alter(alter(painting, "flip"), "flip").tobytes() == painting.tobytes()


def test_grey_has_no_colour_and_keeps_its_light(painting: Image.Image):
    red, green, blue = alter(painting, "greyscale").split()

    assert red.tobytes() == green.tobytes() == blue.tobytes() == painting.convert("L").tobytes()


def test_gammas_below_and_above_one_lighten_and_darken(painting: Image.Image):
    lighter, darker = (pictures.array(alter(painting, name)).mean() for name in ("gamma-0.6", "gamma-1.6"))

    assert darker < pictures.array(painting).mean() < lighter


def test_a_turned_hue_keeps_saturation_and_value(painting: Image.Image):
    turned, before = (pictures.array(one.convert("HSV")) for one in (alter(painting, "hue-30"), painting))

    assert np.median(np.abs(turned[..., 2] - before[..., 2])) <= 1
    assert np.median((turned[..., 0] - before[..., 0]) % 256) == pytest.approx(21, abs=2)  # 30 of 360 degrees


def test_stronger_compression_loses_more(painting: Image.Image):
    losses = [pictures.difference(alter(painting, f"jpeg-{quality}"), painting) for quality in (60, 30, 10)]

    assert losses == sorted(losses)


def test_noise_is_as_strong_as_its_name(painting: Image.Image):
    grey = Image.new("RGB", (400, 300), (128, 128, 128))

    assert pictures.array(alter(grey, "noise-0.05")).std() == pytest.approx(0.05 * 255, rel=0.05)


def test_unknown_alterations_are_refused(painting: Image.Image):
    with pytest.raises(KeyError):
        alter(painting, "melted")
