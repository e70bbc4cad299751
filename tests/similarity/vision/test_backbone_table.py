"""The table of networks states what torchvision's networks give."""

import subprocess
import sys

import pytest
import torch

from similarity.vision.networks import backbones, weights
from similarity.vision.networks.backbone_table import BACKBONES, Backbone, FeatureNode
from similarity.vision.networks.feature_extraction import FeatureExtractor


def nodes_of(row: Backbone) -> list[FeatureNode]:
    return [node for node in (row.trunk, row.middle, row.texture, row.subject) if node is not None]


@pytest.mark.parametrize("name", BACKBONES)
def test_every_node_exists_and_has_the_stated_shape(name: str) -> None:
    nodes = nodes_of(BACKBONES[name])
    extractor = FeatureExtractor(backbones.without_values(name))

    features = extractor.extract(torch.empty(2, 3, backbones.SIDE_PX, backbones.SIDE_PX, device="meta"), nodes)

    for node in nodes:
        cells = () if node.layout == "vector" else (node.side, node.side)
        assert features[node].shape == (2, node.channels, *cells), node


@pytest.mark.parametrize("name", BACKBONES)
def test_flexible_networks_and_no_others_take_pictures_of_other_shapes(name: str) -> None:
    row = BACKBONES[name]
    extractor = FeatureExtractor(backbones.without_values(name))
    wide = torch.empty(1, 3, 158, 316, device="meta")

    if row.is_flexible:
        _, channels, height, width = extractor.extract(wide, [row.trunk])[row.trunk].shape
        assert (channels, height < width) == (row.trunk.channels, True)
    else:
        with pytest.raises((RuntimeError, AssertionError)):
            extractor.extract(wide, [row.trunk])


@pytest.mark.parametrize("name", BACKBONES)
def test_the_middle_is_twice_as_fine_as_the_trunk_and_the_texture_about_a_quarter_of_the_picture(name: str) -> None:
    row = BACKBONES[name]

    assert row.middle is None or row.middle.side == 2 * row.trunk.side
    assert row.texture is None or 54 <= row.texture.side <= backbones.SIDE_PX / 4


@pytest.mark.parametrize("name", BACKBONES)
def test_torchvision_has_weights_of_every_supported_network(name: str) -> None:
    assert weights.url_of(name).endswith(".pth")


@pytest.mark.parametrize("name", ["no_such_network", "fcn_resnet50", "densenet121", "resnet18 "])
def test_a_network_outside_the_table_is_refused_with_the_supported_ones(name: str) -> None:
    for function in (backbones.require, backbones.without_values, backbones.seeded, weights.url_of):
        with pytest.raises(backbones.UnknownBackboneError) as refusal:
            function(name)
        assert str(refusal.value).startswith(f"{name!r} is not a supported network; supported are vgg16, vgg19, ")


def test_the_table_is_read_without_torch() -> None:
    program = "import sys; import similarity.vision.networks.backbone_table; print('torch' in sys.modules)"

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert printed == "False\n"
