"""Pixels to descriptors: unit vectors, the same alone and in a batch, the same on every machine for one seed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from similarity.vision import backbones, pooling, weights
from similarity.vision.embedder import NetworkEmbedder

SIDE_PX = 64  # small inputs: what is promised does not depend on the size


def squares(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(11)
    return [rng.integers(0, 256, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8) for _ in range(count)]


@pytest.fixture(scope="module")
def embedder() -> NetworkEmbedder:
    return NetworkEmbedder(weights.resolve("vgg16", None, Path("nowhere")), device="cpu", bf16=False)


def test_vectors_in_16_bits_are_those_in_32(embedder: NetworkEmbedder):
    fast = NetworkEmbedder(weights.resolve("vgg16", None, Path("nowhere")), device="cpu", bf16=True)
    pictures = squares(3)

    cosines = (fast.embed(pictures) * embedder.embed(pictures)).sum(axis=1)

    assert cosines.min() > 0.9999


def test_vgg16_gives_unit_vectors_of_512_numbers(embedder: NetworkEmbedder):
    vectors = embedder.embed(squares(2))

    assert vectors.shape == (2, 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_picture_has_the_same_vector_alone_and_in_a_batch(embedder: NetworkEmbedder):
    pictures = squares(3)

    together = embedder.embed(pictures)
    alone = np.concatenate([embedder.embed([picture]) for picture in pictures])

    assert np.abs(together - alone).max() < 1e-5


def test_descriptors_are_those_of_conv5_3_pooled_by_the_formula(embedder: NetworkEmbedder):
    (picture,) = squares(1)
    features = backbones.seeded("vgg16")
    scaled = (torch.from_numpy(picture).permute(2, 0, 1).float() / 255 - torch.tensor(backbones.MEAN).view(3, 1, 1)) / (
        torch.tensor(backbones.STD).view(3, 1, 1)
    )

    with torch.no_grad():
        maps = features[:30](scaled[None])[0].double().numpy()
    expected = np.cbrt(np.mean(np.maximum(maps, 1e-6) ** 3, axis=(1, 2)))

    (vector,) = embedder.embed([picture])
    assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-4)


def test_nothing_in_gives_nothing_out(embedder: NetworkEmbedder):
    assert embedder.embed([]).shape == (0, 512)


def test_a_blank_picture_has_a_usable_vector_too(embedder: NetworkEmbedder):
    (vector,) = embedder.embed([np.full((SIDE_PX, SIDE_PX, 3), 255, np.uint8)])

    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_gem_lies_between_the_mean_and_the_maximum():
    maps = torch.rand(2, 5, 4, 4, generator=torch.Generator().manual_seed(1))

    as_mean = pooling.gem(maps, p=1.0)
    as_maximum = pooling.gem(maps, p=200.0)

    assert torch.allclose(as_mean, pooling.mean(maps), atol=1e-4)
    highest = torch.nn.functional.normalize(maps.amax(dim=(2, 3)), dim=1)
    assert torch.allclose(as_maximum, highest, atol=2e-2)


def test_one_seed_gives_one_network_and_another_gives_another():
    one, same, other = (backbones.seeded("squeezenet1_0", seed) for seed in (0, 0, 1))

    assert backbones.digest(one) == backbones.digest(same)
    assert backbones.digest(one) != backbones.digest(other)


def test_any_network_with_separate_features_will_do():
    embedder = NetworkEmbedder(weights.resolve("mobilenet_v2", None, Path("nowhere")), device="cpu")

    assert embedder.embed(squares(1)).shape == (1, 1280)
    assert embedder.identity.backbone == "mobilenet_v2"


@pytest.mark.parametrize("name", ["no_such_network", "vit_b_16"])
def test_a_network_that_will_not_do_is_named(name: str):
    with pytest.raises(backbones.UnknownBackboneError, match=name):
        backbones.outline(name)
