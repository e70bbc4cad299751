"""Weights files of every layout that torchvision and others write load, as the numbers they hold."""

import re
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
def test_a_file_of_the_convolutions_alone_will_do(network: torch.nn.Module, tmp_path: Path, prefix: str):
    numbers = {f"{prefix}{name}": value for name, value in network.features.state_dict().items()}
    save_file(numbers, tmp_path / "features.safetensors")

    found = weights.resolve(NAME, tmp_path / "features.safetensors", tmp_path)

    assert not found.has_classifier
    assert backbones.digest(found.module.features) == backbones.digest(network.features)
    assert found.digest == backbones.digest_of(
        {f"features.{name}": v for name, v in network.features.state_dict().items()}
    )


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "mnasnet0_5", "swin_t", "densenet121"])
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


def test_names_of_older_files_and_parts_that_only_training_needs_are_no_hindrance(tmp_path: Path):
    dense = backbones.seeded("densenet121").state_dict()
    older = {re.sub(r"(denselayer\d+\.(?:norm|conv))([12])", r"\1.\2", name): value for name, value in dense.items()}
    torch.save(older, tmp_path / "dense.pth")
    google = backbones.seeded("googlenet").state_dict()
    torch.save({**google, "aux1.fc1.weight": torch.ones(2), "aux2.fc2.bias": torch.ones(2)}, tmp_path / "google.pth")

    found = [
        weights.resolve("densenet121", tmp_path / "dense.pth", tmp_path),
        weights.resolve("googlenet", tmp_path / "google.pth", tmp_path),
    ]

    assert set(older) != set(dense)
    assert [one.digest for one in found] == [backbones.digest_of(dense), backbones.digest_of(google)]


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
    path = weights.fetched(NAME, tmp_path)
    assert path is not None
    torch.save(network.state_dict(), path)

    found = weights.resolve(NAME, None, tmp_path)

    assert found.is_trained


@pytest.mark.parametrize("name", ["vgg16", "vit_h_14", "regnet_y_128gf"])
def test_torchvisions_weights_for_our_size_are_known_of_large_networks_too(tmp_path: Path, name: str):
    path = weights.fetched(name, tmp_path)

    assert path is not None
    assert path.suffix == ".pth"


@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_0"])
def test_real_weights_load_as_they_lie_there(shared_data: Path, tmp_path: Path, name: str):
    found = weights.resolve(name, shared_data.parent / "weights" / f"{name}.pth", tmp_path)

    assert found.is_trained
    assert all(value.dtype == torch.float32 for value in found.module.parameters())
