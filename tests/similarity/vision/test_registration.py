"""Registered pairs: altered copies are recognised, similar pictures are not."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from similarity.vision.copies import evidence, fingerprint, registration
from tests.pictures import landscape


def tiled(seed: int) -> Image.Image:
    """One grid for all seeds, other colours and other motifs on it."""
    random = np.random.default_rng(seed)
    ground, ink, accent = (tuple(map(int, random.integers(20, 235, 3))) for _ in range(3))
    canvas = Image.new("RGB", (480, 480), ground)
    draw = ImageDraw.Draw(canvas)
    inset = int(random.integers(4, 30))
    for x in range(0, 480, 80):
        for y in range(0, 480, 80):
            draw.ellipse((x + inset, y + inset, x + 80 - inset, y + 80 - inset), fill=ink if (x + y) % 160 else accent)
    return canvas


def recompressed(picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=35)
    return Image.open(file)


def cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 20, height // 20, width - width // 20, height - height // 20))


def watermarked(picture: Image.Image) -> Image.Image:
    marked = picture.copy()
    ImageDraw.Draw(marked).text((40, 150), "MUSEUM", fill=(230, 230, 230), font=ImageFont.load_default(size=70))
    return marked


ALTERATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": recompressed,
    "cropped": cropped,
    "bordered": lambda picture: ImageOps.expand(picture, 30, (250, 250, 245)),
    "turned": lambda picture: picture.rotate(3, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)),
    "turned back, canvas grown": lambda picture: picture.rotate(
        -3, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255)
    ),
    "darkened": lambda picture: picture.point([round(255 * (level / 255) ** 1.5) for level in range(256)] * 3),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "watermarked": watermarked,
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(2)),
    "shrunken": lambda picture: picture.resize((200, 150), Image.Resampling.LANCZOS),
}


def prints(*pictures: Image.Image) -> list[fingerprint.Fingerprint]:
    return fingerprint.of([np.asarray(picture) for picture in pictures])


def suggested(first: fingerprint.Fingerprint, second: fingerprint.Fingerprint) -> evidence.Suggestion:
    (correlation,) = registration.correlate(first.pixels, second.pixels[None])
    distance = fingerprint.hamming(first.phash, second.phash)
    return evidence.suggest(float(correlation), distance, fingerprint.colour_distance(first.colours, second.colours))


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_an_altered_copy_is_suggested_as_a_duplicate(
    alteration: Callable[[Image.Image], Image.Image],
) -> None:
    originals = [landscape(seed) for seed in range(2)]

    suggestions = [suggested(*prints(original, alteration(original))) for original in originals]

    assert suggestions == ["duplicate"] * 2


@pytest.mark.parametrize("paint", [landscape, tiled])
def test_different_pictures_of_one_kind_are_not_suggested_as_duplicates(
    paint: Callable[[int], Image.Image],
) -> None:
    several = prints(*(paint(seed) for seed in range(5)))

    suggestions = {suggested(one, other) for i, one in enumerate(several) for other in several[:i]}

    assert "duplicate" not in suggestions


def test_a_pair_has_the_same_correlation_alone_and_in_a_batch() -> None:
    query, *others = (one.pixels for one in prints(*(landscape(seed) for seed in range(5))))

    together = registration.correlate(query, np.stack(others))

    alone = [registration.correlate(query, other[None])[0] for other in others]
    assert together == pytest.approx(alone, abs=1e-4)


def test_the_order_of_a_pair_matters_little() -> None:
    first, second = (one.pixels for one in prints(landscape(1), cropped(landscape(1))))

    there, back = registration.correlate(first, second[None]), registration.correlate(second, first[None])

    assert there == pytest.approx(back, abs=0.1)


def thumb(kind: str) -> NDArray[np.uint8]:
    """What gives a correlation nothing to hold on to."""
    noise = np.random.default_rng(3).normal(128, 0.6, (64, 64)).round().astype(np.uint8)
    ramp = np.tile(np.linspace(60, 180, 64), (64, 1)).astype(np.uint8)
    return {
        "black": np.zeros((64, 64), np.uint8),
        "white": np.full((64, 64), 255, np.uint8),
        "noise": noise,
        "ramp": ramp,
    }[kind]


@pytest.mark.parametrize("kind", ["black", "white", "noise"])
def test_blank_pictures_match_nothing_not_even_another_blank(kind: str) -> None:
    against = np.stack(
        [thumb("black"), thumb("white"), thumb("noise")[::-1], thumb("ramp"), prints(landscape(0))[0].pixels]
    )

    correlations = registration.correlate(thumb(kind), against)

    assert np.isfinite(correlations).all()
    assert np.abs(correlations).max() < evidence.SIMILAR_CORRELATION


def test_a_picture_without_detail_gives_a_number() -> None:
    extremes = np.random.default_rng(4).choice(np.array([0, 255], np.uint8), (3, 64, 64))

    correlations = registration.correlate(thumb("ramp"), np.concatenate([extremes, thumb("ramp")[None]]))

    assert np.isfinite(correlations).all()
    assert np.abs(correlations).max() <= 1


def test_no_candidates_give_no_correlations() -> None:
    assert registration.correlate(thumb("ramp"), np.zeros((0, 64, 64), np.uint8)).shape == (0,)


def test_thumbnails_of_another_size_are_refused() -> None:
    for query, candidate in ((thumb("ramp"), (1, 32, 32)), (np.zeros((48, 48), np.uint8), (1, 48, 48))):
        with pytest.raises(ValueError, match="64 x 64"):
            registration.correlate(query, np.zeros(candidate, np.uint8))


def test_the_same_drawing_in_other_colours_is_similar_and_not_a_duplicate() -> None:
    assert evidence.suggest(0.99, 0, colour_distance=60) == "similar"
    assert evidence.suggest(0.8, 0, colour_distance=20) == "similar"
    assert evidence.suggest(0.95, 0, colour_distance=20) == "duplicate"


def test_a_near_hash_alone_is_suggested_as_similar_and_no_more() -> None:
    assert evidence.suggest(0.2, 3, colour_distance=0) == "similar"
    assert evidence.suggest(0.2, 20, colour_distance=0) == "none"
