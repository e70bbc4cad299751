"""Weights files that are missing, of another kind or damaged are refused in a sentence, and no code in them is run."""

import pickle
import random
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from similarity.vision.networks import backbones, weights
from tests.similarity.vision.small import NAME


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(weights.WeightsError, match=r"no weights file at .*gone\.pth"):
        weights.resolve(NAME, tmp_path / "gone.pth", tmp_path)


@pytest.mark.parametrize("other", ["mobilenet_v2", "vgg16", "resnet18", "vit_b_32"])
def test_the_weights_of_another_network_are_refused(network: torch.nn.Module, tmp_path: Path, other: str):
    torch.save(network.state_dict(), tmp_path / "other.pth")

    with pytest.raises(weights.WeightsError, match=f"is of another network than {other}: it has no ") as refusal:
        weights.resolve(other, tmp_path / "other.pth", tmp_path)

    assert len(str(refusal.value)) < 400


def test_the_refusal_names_what_another_networks_file_lacks_and_has_instead(tmp_path: Path):
    torch.save(models.get_model("resnet18", weights=None).state_dict(), tmp_path / "other.pth")

    with pytest.raises(weights.WeightsError) as refusal:
        weights.resolve("vgg16", tmp_path / "other.pth", tmp_path)

    assert str(refusal.value).endswith(
        "is of another network than vgg16: it has no features.0.weight (and 25 more), but 122 others such as"
        " conv1.weight."
    )


def test_a_tensor_of_another_shape_is_named(network: torch.nn.Module, tmp_path: Path):
    numbers = {**network.state_dict(), "features.0.bias": torch.zeros(7)}
    torch.save(numbers, tmp_path / "other.pth")

    with pytest.raises(weights.WeightsError, match=r"its features\.0\.bias is 7 instead of 96\.$"):
        weights.resolve(NAME, tmp_path / "other.pth", tmp_path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_an_empty_file_is_called_empty(tmp_path: Path, suffix: str):
    path = tmp_path / f"nothing{suffix}"
    path.touch()

    with pytest.raises(weights.WeightsError, match=r"is empty\.$"):
        weights.resolve(NAME, path, tmp_path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("content", [b"enormous weights, to be sure", pickle.dumps({"a": 1}), b"\x89PNG\r\n\x1a\n"])
def test_files_of_other_kinds_are_no_weights_files(tmp_path: Path, suffix: str, content: bytes):
    path = tmp_path / f"other{suffix}"
    path.write_bytes(content)

    with pytest.raises(weights.WeightsError, match=r"is not a weights file\.$"):
        weights.resolve(NAME, path, tmp_path)


def test_an_archive_of_other_things_is_no_weights_file(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "archive.pth", "w") as archive:
        archive.writestr("letter.txt", "Dear reader")

    with pytest.raises(weights.WeightsError, match=r"is not a weights file\.$"):
        weights.resolve(NAME, tmp_path / "archive.pth", tmp_path)


def test_files_of_torch_before_1_6_are_read(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    whole = (tmp_path / "old.pth").read_bytes()
    (tmp_path / "half.pth").write_bytes(whole[: len(whole) // 2])

    found = weights.resolve(NAME, tmp_path / "old.pth", tmp_path)

    assert found.digest == backbones.digest(network)
    with pytest.raises(weights.WeightsError, match=r"is truncated or damaged\.$"):
        weights.resolve(NAME, tmp_path / "half.pth", tmp_path)


def test_an_unknown_network_is_refused_before_any_file_is_read(tmp_path: Path):
    with pytest.raises(backbones.UnknownBackboneError, match="no_such_network"):
        weights.resolve("no_such_network", None, tmp_path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_truncated_file_is_refused(network: torch.nn.Module, tmp_path: Path, suffix: str):
    path = tmp_path / f"half{suffix}"
    if suffix == ".pth":
        torch.save(network.state_dict(), path)
    else:
        save_file(network.state_dict(), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(weights.WeightsError, match=r"is truncated or damaged\.$"):
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

    with pytest.raises(weights.WeightsError, match="not a state dict"):
        weights.resolve(NAME, tmp_path / "list.pth", tmp_path)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(lambda numbers: {1: torch.zeros(2)}, id="numbers for names"),
        pytest.param(lambda numbers: {**numbers, 1: torch.zeros(2)}, id="a number among the names"),
        pytest.param(lambda numbers: {name: value.to_sparse() for name, value in numbers.items()}, id="sparse"),
        pytest.param(lambda numbers: {name: value.to("meta") for name, value in numbers.items()}, id="without numbers"),
        pytest.param(lambda numbers: {name: value[None] for name, value in numbers.items()}, id="one dimension more"),
        pytest.param(lambda numbers: {name: value.to(torch.int8) for name, value in numbers.items()}, id="integers"),
        pytest.param(lambda numbers: {}, id="empty"),
    ],
)
def test_odd_state_dicts_are_refused_in_a_sentence(network: torch.nn.Module, tmp_path: Path, odd):
    torch.save(odd(network.state_dict()), tmp_path / "odd.pth")

    with pytest.raises(weights.WeightsError, match=r"odd\.pth"):
        weights.resolve(NAME, tmp_path / "odd.pth", tmp_path)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_every_damaged_file_is_refused_in_a_sentence(tmp_path: Path, suffix: str):
    path, chance = tmp_path / f"damaged{suffix}", random.Random(7)
    pickled = [pickle.dumps({"a": [1, 2.5, "b", (None, True)]}, protocol) for protocol in (2, 3, 4)]
    wholes = [b"\x80\x02.", b"\x80\x02K", b"", b"PK\x03\x04", bytes(64), b"\x02" + bytes(7) + b"{}", *pickled]

    for _ in range(200):
        damaged = bytearray(chance.choice(wholes))
        for _ in range(chance.randrange(3)):
            damaged.insert(chance.randrange(len(damaged) + 1), chance.randrange(256))
        path.write_bytes(damaged)
        with pytest.raises(weights.WeightsError):
            weights.resolve(NAME, path, tmp_path)


def test_without_a_network_fetching_gives_up_in_a_sentence(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # the discard port: nobody listens
    monkeypatch.setenv("no_proxy", "")

    with pytest.raises(weights.WeightsError, match=f"torchvision's weights of {NAME} could not be fetched"):
        weights.fetch(NAME, tmp_path)

    assert list(tmp_path.iterdir()) == []
