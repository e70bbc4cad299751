"""Seeded networks are equal on every machine, and digests cover all their values."""

import pytest
import torch
from torch import nn

from similarity.vision.networks import backbones


def test_one_seed_gives_one_network_and_another_gives_another() -> None:
    one, same, other = (backbones.seeded("squeezenet1_1", seed) for seed in (0, 0, 1))

    assert backbones.digest(one) == backbones.digest(same)
    assert backbones.digest(one) != backbones.digest(other)


def test_seeding_leaves_the_global_random_state_unchanged() -> None:
    torch.manual_seed(5)
    one = backbones.seeded("mobilenet_v3_small")
    expected = torch.rand(1)
    torch.manual_seed(5)

    assert torch.rand(1) == expected
    assert backbones.digest(one) == backbones.digest(backbones.seeded("mobilenet_v3_small"))


def test_convolutions_are_drawn_first_and_in_order() -> None:
    generator = torch.Generator().manual_seed(0)
    network = backbones.seeded("vgg16")

    for module in (module for module in network.features if isinstance(module, nn.Conv2d)):
        expected = torch.empty_like(module.weight)
        nn.init.kaiming_normal_(expected, mode="fan_out", nonlinearity="relu", generator=generator)
        assert torch.equal(module.weight, expected)
        assert not module.bias.any()


@pytest.mark.parametrize("name", ["vit_b_32", "mobilenet_v3_small", "convnext_tiny"])
def test_a_seeded_network_gives_different_outputs_for_different_pictures(name: str) -> None:
    pictures = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(1))

    with torch.inference_mode():
        first, second = backbones.seeded(name)(pictures)

    assert torch.isfinite(first).all()
    assert first.std() > 0
    assert not torch.allclose(first, second)


def test_a_digest_covers_names_and_every_number() -> None:
    network = backbones.seeded("squeezenet1_1")
    before = backbones.digest(network)

    with torch.no_grad():
        network.classifier[1].bias[3] += 1e-6

    assert backbones.digest(network) != before
    assert backbones.digest_of({"a": torch.ones(2)}) != backbones.digest_of({"b": torch.ones(2)})


def test_16_bit_numbers_have_the_digest_of_their_values() -> None:
    exact = torch.tensor([0.5, -2.0])

    assert backbones.digest_of({"a": exact.half()}) == backbones.digest_of({"a": exact})


def test_the_classifier_is_removed_only_where_the_convolutions_are_a_part_of_their_own() -> None:
    alone = backbones.without_classifier(backbones.without_values("vgg16"))

    assert {name.split(".")[0] for name, _ in alone.named_parameters()} == {"features"}
    with pytest.raises(backbones.UnknownBackboneError, match="no part that holds its convolutions alone"):
        backbones.without_classifier(backbones.without_values("resnet18"))
