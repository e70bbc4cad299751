"""Weights files: torchvision's layouts load, anything else is refused in a sentence, and no code in them is run."""

import pickle
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from similarity.vision import backbones, weights

NAME = "squeezenet1_0"


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(3)
    return models.get_model(NAME, weights=None).eval()


def test_a_whole_networks_file_loads(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), tmp_path / "whole.pth")

    found = weights.resolve(NAME, tmp_path / "whole.pth", tmp_path)

    assert found.is_trained
    assert found.digest == backbones.digest(network.features)


@pytest.mark.parametrize("prefix", ["features.", ""])
def test_a_file_of_the_features_alone_gives_the_same_network(network: torch.nn.Module, tmp_path: Path, prefix: str):
    numbers = {f"{prefix}{name}": value for name, value in network.features.state_dict().items()}
    save_file(numbers, tmp_path / "features.safetensors")

    found = weights.resolve(NAME, tmp_path / "features.safetensors", tmp_path)

    assert found.digest == backbones.digest(network.features)


def test_without_a_file_the_network_is_untrained_and_says_so(tmp_path: Path):
    found = weights.resolve(NAME, None, tmp_path)

    assert not found.is_trained
    assert "untrained" in found.source


def test_torchvisions_own_file_is_used_once_it_was_fetched(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), weights.fetched(NAME, tmp_path))

    found = weights.resolve(NAME, None, tmp_path)

    assert found.is_trained


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(weights.WeightsError, match=r"no weights file at .*gone\.pth"):
        weights.resolve(NAME, tmp_path / "gone.pth", tmp_path)


def test_the_weights_of_another_network_are_refused(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), tmp_path / "other.pth")

    with pytest.raises(weights.WeightsError, match="do not fit the network mobilenet_v2"):
        weights.resolve("mobilenet_v2", tmp_path / "other.pth", tmp_path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_truncated_file_is_refused(network: torch.nn.Module, tmp_path: Path, suffix: str):
    path = tmp_path / f"half{suffix}"
    if suffix == ".pth":
        torch.save(network.state_dict(), path)
    else:
        save_file(network.state_dict(), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(weights.WeightsError, match="damaged or of another kind"):
        weights.resolve(NAME, path, tmp_path)


class Trap:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


def test_code_in_a_pickle_is_never_run(tmp_path: Path):
    path, mark = tmp_path / "trap.pth", tmp_path / "it-ran"
    torch.save({"features.0.weight": Trap(mark)}, path)
    (tmp_path / "bare.pth").write_bytes(pickle.dumps(Trap(mark)))

    for trap in (path, tmp_path / "bare.pth"):
        with pytest.raises(weights.WeightsError):
            weights.resolve(NAME, trap, tmp_path)

    assert not mark.exists()


def test_numbers_that_are_not_finite_are_refused(network: torch.nn.Module, tmp_path: Path):
    numbers = {name: value.clone() for name, value in network.state_dict().items()}
    numbers["features.0.weight"][0, 0, 0, 0] = float("nan")
    torch.save(numbers, tmp_path / "nan.pth")

    with pytest.raises(weights.WeightsError, match="not finite"):
        weights.resolve(NAME, tmp_path / "nan.pth", tmp_path)


def test_a_list_is_no_state_dict(tmp_path: Path):
    torch.save([torch.zeros(3)], tmp_path / "list.pth")

    with pytest.raises(weights.WeightsError, match="no state dict"):
        weights.resolve(NAME, tmp_path / "list.pth", tmp_path)


def test_without_a_network_fetching_gives_up_in_a_sentence(monkeypatch, tmp_path: Path):
    nowhere = "http://127.0.0.1:9/squeezenet1_0-b66bff10.pth"  # the discard port: nobody listens
    monkeypatch.setattr(weights, "url_of", lambda _: nowhere)
    started = time.monotonic()

    with pytest.raises(weights.WeightsError, match="could not be fetched"):
        weights.fetch(NAME, tmp_path)

    assert time.monotonic() - started < 4 * weights.CONNECT_TIMEOUT_S
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mobilenet_v2", "squeezenet1_0"])
def test_real_weights_load_as_they_lie_there(shared_data: Path, tmp_path: Path, name: str):
    found = weights.resolve(name, shared_data.parent / "weights" / f"{name}.pth", tmp_path)

    assert found.is_trained
    assert all(value.dtype == torch.float32 for value in found.features.parameters())
