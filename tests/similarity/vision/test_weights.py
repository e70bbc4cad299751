"""Weights files of all common layouts load with the values that they have."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from similarity.vision.networks import backbones, weights
from tests.similarity.vision.small import NAME


def test_a_whole_networks_file_loads(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), tmp_path / "whole.pth")

    found = weights.resolve(NAME, tmp_path / "whole.pth", tmp_path)

    assert found.is_trained
    assert found.digest == backbones.digest(network)
    assert found.has_classifier


@pytest.mark.parametrize("prefix", ["features.", ""])
def test_a_file_of_the_convolutions_alone_loads(network: torch.nn.Module, tmp_path: Path, prefix: str):
    numbers = {f"{prefix}{name}": value for name, value in network.features.state_dict().items()}
    save_file(numbers, tmp_path / "features.safetensors")

    found = weights.resolve(NAME, tmp_path / "features.safetensors", tmp_path)

    assert not found.has_classifier
    assert backbones.digest(found.module.features) == backbones.digest(network.features)
    assert found.digest == backbones.digest_of(
        {f"features.{name}": v for name, v in network.features.state_dict().items()}
    )


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "efficientnet_b0", "convnext_tiny", "vit_b_32"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_whole_networks_of_any_family_load(tmp_path: Path, name: str, suffix: str):
    numbers = {key: value.contiguous() for key, value in backbones.seeded(name).state_dict().items()}
    path = tmp_path / f"whole{suffix}"
    if suffix == ".pth":
        torch.save(numbers, path)
    else:
        save_file(numbers, path)

    found = weights.resolve(name, path, tmp_path)

    assert found.digest == backbones.digest_of(numbers)


def test_files_from_before_batches_were_counted_load(tmp_path: Path):
    numbers = backbones.seeded("resnet18").state_dict()
    older = {name: value for name, value in numbers.items() if not name.endswith("num_batches_tracked")}
    torch.save(older, tmp_path / "older.pth")

    found = weights.resolve("resnet18", tmp_path / "older.pth", tmp_path)

    assert len(older) < len(numbers)
    assert found.digest == backbones.digest_of(numbers)


def test_numbers_of_16_bits_are_loaded_as_their_values(tmp_path: Path):
    halves = {name: value.half() for name, value in backbones.seeded(NAME).state_dict().items()}
    save_file(halves, tmp_path / "half.safetensors")

    found = weights.resolve(NAME, tmp_path / "half.safetensors", tmp_path)

    assert {value.dtype for value in found.module.parameters()} == {torch.float32}
    assert found.digest == backbones.digest_of(halves)


def test_without_a_file_the_network_is_untrained_and_says_so(tmp_path: Path):
    found = weights.resolve(NAME, None, tmp_path)

    assert not found.is_trained
    assert "untrained" in found.source


def test_torchvisions_own_file_is_used_once_it_was_fetched(network: torch.nn.Module, tmp_path: Path):
    path = weights.fetched_path(NAME, tmp_path)
    torch.save(network.state_dict(), path)

    found = weights.resolve(NAME, None, tmp_path)

    assert found.is_trained


@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_0"])
def test_weights_published_by_torchvision_load(shared_data: Path, tmp_path: Path, name: str):
    found = weights.resolve(name, shared_data.parent / "weights" / f"{name}.pth", tmp_path)

    assert found.is_trained
    assert all(value.dtype == torch.float32 for value in found.module.parameters())
