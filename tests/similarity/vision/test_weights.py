"""Weights files: torchvision's layouts load, anything else is refused in a sentence, and no code in them is run."""

import pickle
import random
import re
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


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(weights.WeightsError, match=r"no weights file at .*gone\.pth"):
        weights.resolve(NAME, tmp_path / "gone.pth", tmp_path)


@pytest.mark.parametrize("other", ["mobilenet_v2", "vgg16", "resnet18", "vit_b_32"])
def test_the_weights_of_another_network_are_refused(network: torch.nn.Module, tmp_path: Path, other: str):
    torch.save(network.state_dict(), tmp_path / "other.pth")

    with pytest.raises(weights.WeightsError, match=f"do not fit the network {other}") as refusal:
        weights.resolve(other, tmp_path / "other.pth", tmp_path)

    assert len(str(refusal.value)) < 400


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
def test_no_damage_is_told_otherwise_than_in_a_sentence(tmp_path: Path, suffix: str):
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
    nowhere = "http://127.0.0.1:9/squeezenet1_0-b66bff10.pth"  # the discard port: nobody listens
    monkeypatch.setattr(weights, "url_of", lambda _: nowhere)
    started = time.monotonic()

    with pytest.raises(weights.WeightsError, match="could not be fetched"):
        weights.fetch(NAME, tmp_path)

    assert time.monotonic() - started < 4 * weights.CONNECT_TIMEOUT_S
    assert list(tmp_path.iterdir()) == []


def test_a_kept_network_is_found_again_by_its_identity(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), tmp_path / "operators.pth")
    known = weights.resolve(NAME, tmp_path / "operators.pth", tmp_path)

    path = weights.keep(known, tmp_path / "weights")
    (tmp_path / "operators.pth").unlink()
    found = weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path / "weights")

    assert path.name == f"{NAME}-{known.digest[:16]}.safetensors"
    assert found.digest == known.digest
    assert list(path.parent.iterdir()) == [path]


def test_convolutions_alone_are_kept_as_such(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.features.state_dict(), tmp_path / "features.pth")
    known = weights.resolve(NAME, tmp_path / "features.pth", tmp_path)

    weights.keep(known, tmp_path)

    found = weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path)
    assert found.digest == known.digest
    assert not found.has_classifier


@pytest.mark.parametrize("name", ["mnasnet0_5", "swin_v2_t", "vit_b_32", "maxvit_t", "googlenet"])
def test_networks_of_every_kind_come_back_as_they_were(tmp_path: Path, name: str):
    module = backbones.seeded(name)
    known = weights.Network(name, module, backbones.digest(module), True, "made here")
    pictures = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))

    weights.keep(known, tmp_path)
    found = weights.by_identity(name, known.digest, is_trained=True, folder=tmp_path)

    with torch.inference_mode():
        assert torch.equal(found.module(pictures), module(pictures))


def test_keeping_twice_changes_nothing(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)
    path = weights.keep(known, tmp_path)
    before = path.stat().st_mtime_ns

    assert weights.keep(known, tmp_path) == path
    assert path.stat().st_mtime_ns == before


def test_a_network_in_use_is_kept_as_it_was_loaded(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)
    known.module.to(memory_format=torch.channels_last)

    weights.keep(known, tmp_path)

    assert weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path).digest == known.digest


def test_torchvisions_own_file_serves_the_spaces_that_were_made_with_it(network: torch.nn.Module, tmp_path: Path):
    path = weights.fetched(NAME, tmp_path)
    assert path is not None
    torch.save(network.state_dict(), path)

    found = weights.by_identity(NAME, backbones.digest(network), is_trained=True, folder=tmp_path)

    assert found.is_trained


def test_an_untrained_network_is_made_anew_from_its_seed(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)

    assert weights.by_identity(NAME, known.digest, is_trained=False, folder=tmp_path).digest == known.digest
    with pytest.raises(weights.WeightsError, match="is another than the one"):
        weights.by_identity(NAME, "0" * 64, is_trained=False, folder=tmp_path)


def test_missing_and_exchanged_weights_are_told_apart(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)
    digest = "ab" * 32

    with pytest.raises(weights.WeightsError, match=r"abababababababab\) are missing in"):
        weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)
    weights.keep(known, tmp_path).rename(weights.kept(NAME, digest, tmp_path))
    with pytest.raises(weights.WeightsError, match="hold other numbers"):
        weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)


def test_a_damaged_kept_file_gives_way_to_the_fetched_one(network: torch.nn.Module, tmp_path: Path):
    usual, digest = weights.fetched(NAME, tmp_path), backbones.digest(network)
    assert usual is not None
    torch.save(network.state_dict(), usual)
    weights.kept(NAME, digest, tmp_path).write_bytes(b"half")

    found = weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)
    usual.write_bytes(b"half")

    assert found.digest == digest
    with pytest.raises(weights.WeightsError, match="can't be read"):
        weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)


def test_kept_weights_are_readable_as_other_files_are(tmp_path: Path):
    (tmp_path / "other").touch()

    path = weights.keep(weights.resolve(NAME, None, tmp_path), tmp_path)

    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


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
