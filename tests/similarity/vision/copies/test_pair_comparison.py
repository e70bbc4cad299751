"""Two pictures are laid over one another, and the pair gets the kind that a person would name."""

from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageOps

from similarity.vision.copies import copy_alterations, judging, pair_comparison
from similarity.vision.copies.judging import Candidate
from similarity.vision.copies.pair_comparison import Comparison
from similarity.vision.local_features import features
from tests import pictures
from tests.similarity.vision.fingerprints import fingerprint_of

SEEDS = (5, 23)


def rich(seed: int) -> Image.Image:
    """A landscape with enough detail for local features in each of its quarters."""
    picture = pictures.landscape(seed)
    grain = np.random.default_rng(seed).integers(0, 255, (36, 48, 3), dtype=np.uint8)
    return Image.blend(picture, Image.fromarray(grain).resize(picture.size, Image.Resampling.BICUBIC), 0.35)


def compared(one: Image.Image, other: Image.Image) -> Comparison:
    return pair_comparison.compare(pair_comparison.read(one), pair_comparison.read(other))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("alteration", "kind"),
    [
        ("jpeg-30", "reencoded"),
        ("resize-160", "reencoded"),
        ("greyscale", "recoloured"),
        ("gamma-1.6", "recoloured"),
        ("text", "overlaid"),
        ("border-10", "bordered"),
        ("border-dark-10", "bordered"),
        ("screenshot", "bordered"),
        ("wall", "bordered"),
        ("rotate-3", "turned"),
        ("rotate-10", "turned"),
        ("turn-90", "turned"),
        ("flip", "mirrored"),
        ("crop-29", "detail"),
        ("crop-50", "detail"),
    ],
)
def test_a_copy_gets_the_kind_of_its_alteration_whichever_picture_is_first(alteration: str, kind: str, seed: int):
    original = rich(seed)
    copy = copy_alterations.alter(original, alteration, seed)

    assert (compared(original, copy).kind, compared(copy, original).kind) == (kind, kind)


def test_two_pictures_are_different():
    found = compared(rich(5), rich(23))

    assert (found.kind, found.overlap) == ("different", None)


@pytest.mark.parametrize("is_detail_first", [True, False])
def test_the_homography_says_where_a_detail_lies(is_detail_first: bool):
    whole = rich(5)
    detail = whole.crop((120, 90, 360, 270))  # a quarter to three quarters of each side
    pair = (detail, whole) if is_detail_first else (whole, detail)

    rows = pair_comparison.oriented(compared(*pair), is_forward=not is_detail_first)

    corners = np.array([(0, 0, 1), (1, 1, 1)]) @ np.array(rows).T
    np.testing.assert_allclose(corners[:, :2] / corners[:, 2:], [(0.25, 0.25), (0.75, 0.75)], atol=0.01)


def test_the_inverse_of_a_mirrored_copy_also_lays_the_mirrored_picture_over_the_other():
    whole = rich(5)
    mirrored_detail = ImageOps.mirror(whole).crop((0, 0, 240, 180))  # of the upper right quarter

    rows = pair_comparison.oriented(compared(mirrored_detail, whole), is_forward=False)

    # The mirrored detail shows the right half of the whole, mirrored back.
    corners = np.array([(0, 0, 1), (1, 1, 1)]) @ np.array(rows).T
    np.testing.assert_allclose(corners[:, :2] / corners[:, 2:], [(0.5, 0), (1, 0.5)], atol=0.01)


def test_mirrored_features_match_those_of_the_mirrored_picture():
    picture = rich(5)

    computed = features.mirrored(features.extract(picture, 300))
    extracted = features.extract(ImageOps.mirror(picture), 300)

    cosines = computed.descriptors @ extracted.descriptors.T
    apart_px = np.linalg.norm(computed.points - extracted.points[cosines.argmax(axis=1)], axis=1)
    assert np.mean((cosines.max(axis=1) > 0.95) & (apart_px < 2)) > 0.7


def candidate(picture: Image.Image, distance: float, *, is_near: bool = False) -> Candidate:
    return Candidate(fingerprint_of(picture), distance, is_near, partial(pair_comparison.read, picture))


def test_a_picture_without_features_is_judged_by_registration():
    field = Image.linear_gradient("L").convert("RGB").resize((300, 300))
    copy = copy_alterations.alter(field, "jpeg-60")

    (seen,) = judging.judge(candidate(field, 0.0), [candidate(copy, 0.0)], near=0.5)

    assert (seen.rule, seen.comparison) == ("registration", None)


def test_a_blank_picture_is_a_copy_of_nothing():
    blank = Image.new("RGB", (300, 300), (240, 240, 240))

    (seen,) = judging.judge(candidate(blank, 0.0), [candidate(blank.copy(), 0.0, is_near=True)], near=0.5)

    assert seen.suggestion == "none"


def test_a_picture_that_no_signal_proposes_is_not_read():
    def unreadable() -> None:
        raise AssertionError("the picture was read")

    far = Candidate(fingerprint_of(rich(23)), 0.9, is_near=False, read=unreadable)

    (seen,) = judging.judge(candidate(rich(5), 0.0), [far], near=0.5)

    assert (seen.kind, seen.suggestion) == ("different", "none")


def test_a_mirrored_detail_is_not_suggested_as_a_duplicate_and_a_mirrored_whole_is():
    whole = rich(5)
    others = [ImageOps.mirror(whole), ImageOps.mirror(whole.crop((120, 90, 360, 270)))]

    seen = judging.judge(candidate(whole, 0.0), [candidate(other, 0.0, is_near=True) for other in others], near=0.5)

    assert [(each.kind, each.suggestion) for each in seen] == [("mirrored", "duplicate"), ("mirrored", "similar")]
