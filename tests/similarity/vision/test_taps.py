"""Where networks are listened to: found in every family, and what is heard is what the layers say."""

import pytest
import torch
from torch import nn

from similarity.vision.networks import backbones, feature_hooks

# One of each family: channels and side of the trunk, channels at stride 4, numbers before the classes.
FAMILIES = {
    "alexnet": ((256, 13), 64, 4096),
    "convnext_tiny": ((768, 7), 96, 768),
    "densenet121": ((1024, 7), 256, 1024),
    "efficientnet_b0": ((1280, 7), 24, 1280),
    "efficientnet_v2_s": ((1280, 7), 48, 1280),
    "googlenet": ((1024, 7), 192, 1024),
    "inception_v3": ((2048, 5), 192, 2048),
    "maxvit_t": ((512, 7), 64, 512),
    "mnasnet0_5": ((1280, 7), 16, 1280),
    "mobilenet_v2": ((1280, 7), 24, 1280),
    "mobilenet_v3_small": ((576, 7), 16, 1024),
    "regnet_y_400mf": ((440, 7), 48, 440),
    "resnet50": ((2048, 7), 256, 2048),
    "resnext50_32x4d": ((2048, 7), 256, 2048),
    "shufflenet_v2_x0_5": ((1024, 7), 24, 1024),
    "squeezenet1_1": ((512, 13), 128, None),
    "swin_t": ((768, 7), 96, 768),
    "swin_v2_t": ((768, 7), 96, 768),
    "vgg16": ((512, 14), 256, 4096),
    "vgg16_bn": ((512, 14), 256, 4096),
    "vit_b_32": ((768, 7), None, 768),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_heard_before_it_is_pooled(name: str) -> None:
    trunk, texture, subject = FAMILIES[name]

    found = feature_hooks.find(name)

    assert (found.trunk.channels, found.trunk.side) == trunk
    assert (found.texture and found.texture.channels) == texture
    assert (found.subject and found.subject.channels) == subject


def test_vgg16_is_heard_at_conv5_3_at_conv3_3_and_at_fc7() -> None:
    found = feature_hooks.find("vgg16")

    assert found.trunk.module == "features.29"
    assert found.texture is not None
    assert found.texture.module == "features.15"
    assert found.subject is not None
    assert (found.subject.module, found.subject.layout) == ("classifier.6", "input")


def test_what_is_heard_is_what_the_layers_say() -> None:
    network = backbones.seeded("alexnet")
    found = feature_hooks.find("alexnet")
    pictures = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    assert found.texture is not None
    assert found.subject is not None

    heard = feature_hooks.extract(network, [found.trunk, found.texture, found.subject], pictures)

    maps = network.features[:12](pictures)
    before_classes = network.classifier[:6](network.avgpool(network.features(pictures)).flatten(1))
    assert torch.equal(heard[found.texture], network.features[:2](pictures))
    assert torch.equal(heard[found.trunk], maps)
    assert torch.allclose(heard[found.subject], before_classes, atol=1e-5)


def test_a_pass_ends_where_the_last_thing_asked_for_is_heard() -> None:
    network = backbones.seeded("squeezenet1_1")
    network.features[5] = nn.Identity()  # what comes after cannot take its maps
    found = feature_hooks.find("squeezenet1_1")
    assert found.texture is not None

    heard = feature_hooks.extract(network, [found.texture], torch.zeros(1, 3, 224, 224))

    assert heard[found.texture].shape == (1, 128, 55, 55)


def test_listening_leaves_no_trace() -> None:
    network = backbones.seeded("squeezenet1_1")
    pictures = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    before = network(pictures)

    feature_hooks.extract(network, [feature_hooks.find("squeezenet1_1").trunk], pictures)

    assert torch.equal(network(pictures), before)


@pytest.mark.parametrize("name", ["swin_t", "vit_b_32"])
def test_transformers_are_heard_as_maps_with_everything_in_its_place(name: str) -> None:
    network = backbones.seeded(name)
    found = feature_hooks.find(name)
    picture = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    changed = picture.clone()
    changed[..., -32:, :32] = 3  # bottom left

    maps, others = (feature_hooks.extract(network, [found.trunk], seen)[found.trunk] for seen in (picture, changed))

    differences = (maps - others).abs().mean(dim=1)[0]
    assert maps.shape == (1, 768, 7, 7)
    assert divmod(int(differences.argmax()), 7) == (6, 0)


def test_a_rectification_that_no_module_stands_for_is_done() -> None:
    network = backbones.seeded("densenet121")
    trunk = feature_hooks.find("densenet121").trunk
    pictures = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    heard = feature_hooks.extract(network, [trunk], pictures)[trunk]

    assert heard.min() == 0
    assert torch.equal(heard, network.features(pictures).relu())


def test_a_network_without_maps_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def flat(_: str) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(3 * 224 * 224, 10)).to("meta")

    monkeypatch.setattr(backbones, "outline", flat)

    with pytest.raises(backbones.UnknownBackboneError, match="No feature map was found in the network 'flat'"):
        feature_hooks.find("flat")
