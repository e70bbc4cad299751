"""Features are the outputs of the named layers, and vectors are those of earlier releases."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from similarity.vision.networks import backbones, weights
from similarity.vision.networks.backbone_table import BACKBONES
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.feature_extraction import FeatureExtractor
from tests.similarity.vision import probes

EARLIER = json.loads(Path(__file__).with_name("earlier_vectors.json").read_text())


def noise(count: int = 1, side_px: int = 224) -> Tensor:
    return torch.randn(count, 3, side_px, side_px, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", EARLIER)
def test_vectors_are_those_of_earlier_releases(name: str) -> None:
    embedder = NetworkEmbedder(weights.resolve(name, None, Path("nowhere")), device="cpu", bf16=False)

    described = embedder.describe(probes.pictures(), list(embedder.recipes))

    assert embedder.identity.weights_digest == EARLIER[name]["digest"]
    assert [f"{recipe.lens} {recipe.pooling}" for recipe in described] == list(EARLIER[name]["vectors"])
    for recipe, rows in described.items():
        earlier = EARLIER[name]["vectors"][f"{recipe.lens} {recipe.pooling}"]
        assert [pytest.approx(numbers, abs=1e-4) for numbers in earlier] == probes.probed(rows)


def test_features_are_the_outputs_of_the_named_layers() -> None:
    network, row = backbones.seeded("mobilenet_v3_small"), BACKBONES["mobilenet_v3_small"]
    pictures = noise(2)
    assert row.middle is not None
    assert row.texture is not None
    assert row.subject is not None

    features = FeatureExtractor(network).extract(pictures, [row.trunk, row.middle, row.texture, row.subject])

    pooled = network.avgpool(network.features(pictures)).flatten(1)
    assert torch.equal(features[row.texture], network.features[:2](pictures))
    assert torch.equal(features[row.middle], network.features[:9](pictures))
    assert torch.equal(features[row.trunk], network.features(pictures))
    assert torch.allclose(features[row.subject], network.classifier[:3](pooled), atol=1e-5)


def test_layers_after_the_last_node_are_not_computed() -> None:
    network = backbones.seeded("squeezenet1_1")
    network.features[5] = nn.Identity()  # the layers after it fail on what it gives them
    texture = BACKBONES["squeezenet1_1"].texture
    assert texture is not None

    features = FeatureExtractor(network).extract(noise(), [texture])

    assert features[texture].shape == (1, 128, 55, 55)


def test_the_network_itself_stays_as_it_was() -> None:
    network = backbones.seeded("squeezenet1_1")
    pictures = noise()
    before = network(pictures)

    FeatureExtractor(network).extract(pictures, [BACKBONES["squeezenet1_1"].trunk])

    assert torch.equal(network(pictures), before)
    assert not any(module.training for module in network.modules())


def test_the_tokens_of_a_transformer_become_maps_with_every_patch_in_its_place() -> None:
    extractor, trunk = FeatureExtractor(backbones.seeded("vit_b_32")), BACKBONES["vit_b_32"].trunk
    picture = noise()
    changed = picture.clone()
    changed[..., -32:, :32] = 3  # bottom left

    maps, others = (extractor.extract(seen, [trunk])[trunk] for seen in (picture, changed))

    differences = (maps - others).abs().mean(dim=1)[0]
    assert maps.shape == (1, 768, 7, 7)
    assert divmod(int(differences.argmax()), 7) == (6, 0)
