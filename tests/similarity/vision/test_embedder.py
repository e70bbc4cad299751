"""Raw vectors have length 1 for every recipe, and are the same alone and in a batch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn
from torch.nn.functional import interpolate

from similarity.vision.contract import Recipe
from similarity.vision.descriptors import pooling
from similarity.vision.networks import backbones, weights
from similarity.vision.networks.embedder import CANVASES, NetworkEmbedder

SIDE_PX = 64  # small inputs: what is promised does not depend on the size
LOOK = Recipe("look", "gem-3")
BOTH_LAYERS = Recipe("look", "mean-512-512")


def squares(count: int, side_px: int = SIDE_PX) -> list[NDArray[np.uint8]]:
    rng = np.random.default_rng(11)
    return [rng.integers(0, 256, (side_px, side_px, 3), dtype=np.uint8) for _ in range(count)]


def untrained(name: str) -> NetworkEmbedder:
    return NetworkEmbedder(weights.seeded(name), device="cpu", bf16=False)


@pytest.fixture(scope="module")
def small() -> NetworkEmbedder:
    return untrained("mobilenet_v3_small")


def test_every_recipe_gives_rows_of_length_1_as_long_as_it_says(small: NetworkEmbedder) -> None:
    described = small.describe(squares(2), list(small.recipes))

    assert set(described) == set(small.recipes)
    for recipe, rows in described.items():
        assert rows.shape == (2, small.recipes[recipe])
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_picture_has_the_same_vectors_alone_and_in_a_batch(small: NetworkEmbedder) -> None:
    pictures = squares(3)

    together = small.describe(pictures, list(small.recipes))

    for recipe, rows in together.items():
        alone = np.concatenate([small.describe([picture], [recipe])[recipe] for picture in pictures])
        assert np.abs(rows - alone).max() < 1e-5


def test_a_picture_has_the_same_vectors_beside_pictures_of_other_shapes(small: NetworkEmbedder) -> None:
    rng = np.random.default_rng(5)
    shapes = [(64, 64), (48, 96), (96, 48), (64, 64), (48, 96)]
    pictures = [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in shapes]

    together = small.describe(pictures, list(small.recipes))

    for recipe, rows in together.items():
        alone = np.concatenate([small.describe([picture], [recipe])[recipe] for picture in pictures])
        assert np.abs(rows - alone).max() < 1e-5


def test_every_canvas_has_the_same_area_and_a_place_for_upright_and_lying_pictures() -> None:
    areas = [width * height for width, height in CANVASES]

    assert max(areas) < 1.02 * min(areas)
    assert {(height, width) for width, height in CANVASES} == set(CANVASES)


def test_every_canvas_has_maps_and_vectors(small: NetworkEmbedder) -> None:
    pictures = [np.full((height, width, 3), 90, np.uint8) for width, height in small.canvases]

    described = small.describe(pictures, [LOOK])[LOOK]

    assert described.shape == (len(CANVASES), small.recipes[LOOK])
    assert np.linalg.norm(described, axis=1) == pytest.approx(1, abs=1e-5)


def test_all_lenses_are_supported_and_their_defaults_come_first(vgg16: NetworkEmbedder) -> None:
    assert vgg16.recipes == {
        Recipe("look", "mean-512-512"): 1024,
        Recipe("match", "grid-4"): 8192,
        Recipe("composition", "grid-7"): 8183,
        Recipe("texture", "statistics"): 512,
        Recipe("regions", "windows-3"): 5120,
        Recipe("look", "mean-512"): 512,
        Recipe("look", "gem-3"): 512,
        Recipe("look", "rmac-3"): 512,
    }
    assert [recipe.lens for recipe in vgg16.recipes][:4] == ["look", "match", "composition", "texture"]


def test_the_subject_is_the_input_of_the_last_linear_layer() -> None:
    embedder = untrained("mobilenet_v2")

    assert embedder.recipes[Recipe("subject", "fc")] == 1280
    assert [recipe.lens for recipe in embedder.recipes][:5] == ["look", "match", "subject", "composition", "texture"]


@pytest.mark.parametrize(
    ("name", "missing"), [("squeezenet1_1", {"subject"}), ("vit_b_32", {"texture"}), ("mobilenet_v2", set())]
)
def test_a_lens_without_a_node_in_the_network_is_not_supported(name: str, missing: set[str]) -> None:
    embedder = untrained(name)

    lenses = {recipe.lens for recipe in embedder.recipes}

    assert {"look", "match", "subject", "composition", "texture", "regions"} - lenses == missing
    assert embedder.identity.backbone == name
    assert max(embedder.recipes.values()) <= pooling.RAW_LIMIT


def test_convolutions_alone_support_no_subject(tmp_path: Path) -> None:
    features = backbones.seeded("mobilenet_v3_small").features
    torch.save(features.state_dict(), tmp_path / "features.pth")

    embedder = NetworkEmbedder(
        weights.resolve("mobilenet_v3_small", tmp_path / "features.pth", tmp_path), device="cpu", bf16=False
    )

    assert {recipe.lens for recipe in embedder.recipes} == {"look", "match", "composition", "texture", "regions"}
    assert embedder.describe(squares(1), list(embedder.recipes))[LOOK].shape == (1, 576)


def test_the_look_of_vgg16_is_the_means_of_conv5_3_and_conv4_3_at_seven_tenths(vgg16: NetworkEmbedder) -> None:
    (picture,) = squares(1, side_px=80)
    features = vgg16.network.features
    assert isinstance(features, nn.Sequential)
    channels = [torch.tensor(values).view(3, 1, 1) for values in (backbones.MEAN, backbones.STD)]
    reduced = interpolate(
        torch.from_numpy(picture).permute(2, 0, 1).float()[None] / 255, (56, 56), mode="bilinear", antialias=True
    )
    prepared = (reduced - channels[0]) / channels[1]

    means = [features[:layers](prepared)[0].double().numpy().mean(axis=(1, 2)) for layers in (30, 23)]
    expected = np.concatenate([mean / np.linalg.norm(mean) for mean in means]) / np.sqrt(2)

    (vector,) = vgg16.describe([picture], [BOTH_LAYERS])[BOTH_LAYERS]
    assert vector == pytest.approx(expected, abs=1e-4)


def test_vectors_of_vgg16_in_16_bits_are_those_in_32(vgg16: NetworkEmbedder) -> None:
    pictures = squares(3)
    exact = vgg16.describe(pictures, list(vgg16.recipes))

    vgg16.autocast = vgg16.bf16(enabled=True)
    rough = vgg16.describe(pictures, list(vgg16.recipes))
    vgg16.autocast = vgg16.bf16(enabled=False)

    for recipe, rows in exact.items():
        assert (rows * rough[recipe]).sum(axis=1).min() > 0.9998


def test_brightness_matters_to_a_trained_network_and_not_to_an_untrained_one() -> None:
    network = weights.seeded("squeezenet1_1")
    (picture,) = squares(1)
    dim, bright = picture // 3 + 20, picture // 3 + 120
    differences = {}

    for is_trained in (False, True):
        embedder = NetworkEmbedder(replace(network, is_trained=is_trained), device="cpu", bf16=False)
        one, other = embedder.describe([dim, bright], [LOOK])[LOOK]
        differences[is_trained] = np.linalg.norm(one - other)

    assert differences[False] < differences[True] / 3


def test_nothing_in_gives_nothing_out(small: NetworkEmbedder) -> None:
    assert small.describe([], [LOOK])[LOOK].shape == (0, 576)
    assert small.describe(squares(1), []) == {}


def test_an_unsupported_recipe_is_refused(small: NetworkEmbedder) -> None:
    with pytest.raises(KeyError):
        small.describe(squares(1), [Recipe("look", "grid-99")])


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_picture_has_usable_vectors_too(small: NetworkEmbedder, grey: int) -> None:
    described = small.describe([np.full((SIDE_PX, SIDE_PX, 3), grey, np.uint8)], list(small.recipes))

    for rows in described.values():
        assert np.isfinite(rows).all()
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_maps_are_the_last_before_pooling_at_any_size() -> None:
    embedder = untrained("mobilenet_v2")  # the one network whose vectors are of pictures at their full size

    maps = embedder.maps(np.stack(squares(2, side_px=128)))

    assert maps.shape == (2, 1280, 4, 4)
    assert maps.dtype == torch.float32
    assert torch.allclose(
        pooling.gem(maps[:1]), torch.from_numpy(embedder.describe(squares(1, 128), [LOOK])[LOOK]), atol=1e-5
    )


def test_a_network_with_a_fixed_input_size_gets_that_size() -> None:
    embedder = untrained("vit_b_32")

    assert embedder.maps(np.stack(squares(1, side_px=448))).shape == (1, 768, 7, 7)


@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_0"])
def test_trained_networks_recognise_a_cropped_picture(shared_data: Path, tmp_path: Path, name: str) -> None:
    found = weights.resolve(name, shared_data.parent / "weights" / f"{name}.pth", tmp_path)
    embedder = NetworkEmbedder(found, device="cpu", bf16=False)
    blotches = np.random.default_rng(2).integers(0, 256, (4, 5, 5, 3), dtype=np.uint8)
    scenes = [Image.fromarray(grid).resize((256, 256), Image.Resampling.BICUBIC) for grid in blotches]

    for recipe in (recipe for recipe in embedder.recipes if recipe.lens == "look"):
        whole = embedder.describe([np.asarray(scene.resize((224, 224))) for scene in scenes], [recipe])[recipe]
        cropped = embedder.describe([np.asarray(scene.crop((16, 16, 240, 240))) for scene in scenes], [recipe])[recipe]
        assert (cropped @ whole.T).argmax(axis=1).tolist() == [0, 1, 2, 3]
