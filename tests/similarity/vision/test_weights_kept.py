"""Networks that spaces were made with are stored, and loaded again by their identity."""

from pathlib import Path

import pytest
import torch

from similarity.vision.networks import backbones, shipped, weights
from tests.similarity.vision.small import NAME


def test_a_kept_network_is_found_again_by_its_identity(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.state_dict(), tmp_path / "operators.pth")
    known = weights.resolve(NAME, tmp_path / "operators.pth", tmp_path)

    path = weights.store(known, tmp_path / "weights")
    (tmp_path / "operators.pth").unlink()
    found = weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path / "weights")

    assert path.name == f"{NAME}-{known.digest[:16]}.safetensors"
    assert found.digest == known.digest
    assert list(path.parent.iterdir()) == [path]


def test_convolutions_alone_are_kept_as_such(network: torch.nn.Module, tmp_path: Path):
    torch.save(network.features.state_dict(), tmp_path / "features.pth")
    known = weights.resolve(NAME, tmp_path / "features.pth", tmp_path)

    weights.store(known, tmp_path)

    found = weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path)
    assert found.digest == known.digest
    assert not found.has_classifier


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "convnext_tiny", "vit_b_32"])
def test_networks_of_every_kind_come_back_as_they_were(tmp_path: Path, name: str):
    module = backbones.seeded(name)
    known = weights.Network(name, module, backbones.digest(module), True, "made here")
    pictures = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))

    weights.store(known, tmp_path)
    found = weights.by_identity(name, known.digest, is_trained=True, folder=tmp_path)

    with torch.inference_mode():
        assert torch.allclose(found.module(pictures), module(pictures), atol=1e-6)


def test_keeping_twice_changes_nothing(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)
    path = weights.store(known, tmp_path)
    before = path.stat().st_mtime_ns

    assert weights.store(known, tmp_path) == path
    assert path.stat().st_mtime_ns == before


def test_a_network_in_use_is_kept_as_it_was_loaded(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)
    known.module.to(memory_format=torch.channels_last)

    weights.store(known, tmp_path)

    assert weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path).digest == known.digest


def test_torchvisions_own_file_serves_the_spaces_that_were_made_with_it(network: torch.nn.Module, tmp_path: Path):
    path = weights.fetched_path(NAME, tmp_path)
    torch.save(network.state_dict(), path)

    found = weights.by_identity(NAME, backbones.digest(network), is_trained=True, folder=tmp_path)

    assert found.is_trained


def test_an_untrained_network_is_made_anew_from_its_seed(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)

    assert weights.by_identity(NAME, known.digest, is_trained=False, folder=tmp_path).digest == known.digest
    with pytest.raises(weights.WeightsError, match="differs from the one"):
        weights.by_identity(NAME, "0" * 64, is_trained=False, folder=tmp_path)


def test_missing_and_exchanged_weights_have_different_messages(tmp_path: Path):
    known = weights.resolve(NAME, None, tmp_path)
    digest = "ab" * 32

    with pytest.raises(weights.WeightsError, match=r"abababababababab\) are missing in"):
        weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)
    weights.store(known, tmp_path).rename(weights.stored_path(NAME, digest, tmp_path))
    with pytest.raises(weights.WeightsError, match="have other values"):
        weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)


def test_the_fetched_file_is_used_if_the_stored_one_is_damaged(network: torch.nn.Module, tmp_path: Path):
    usual, digest = weights.fetched_path(NAME, tmp_path), backbones.digest(network)
    torch.save(network.state_dict(), usual)
    weights.stored_path(NAME, digest, tmp_path).write_bytes(b"half")

    found = weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)
    usual.write_bytes(b"half")

    assert found.digest == digest
    with pytest.raises(weights.WeightsError, match="can't be read"):
        weights.by_identity(NAME, digest, is_trained=True, folder=tmp_path)


def test_the_stored_file_is_used_if_the_shipped_one_is_damaged(network: torch.nn.Module, tmp_path: Path, monkeypatch):
    torch.save(network.state_dict(), tmp_path / "operators.pth")
    known = weights.resolve(NAME, tmp_path / "operators.pth", tmp_path)
    weights.store(known, tmp_path)
    (tmp_path / "shipped.pth").write_bytes(b"half")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    monkeypatch.setattr(shipped, "FILES", {NAME: ("shipped.pth", "0" * 64)})

    found = weights.by_identity(NAME, known.digest, is_trained=True, folder=tmp_path)

    assert found.digest == known.digest
    with pytest.raises(weights.WeightsError, match=r"shipped\.pth is truncated or modified; restore it"):
        weights.by_identity(NAME, "ab" * 32, is_trained=True, folder=tmp_path)


def test_one_network_of_several_is_found_without_knowing_whether_it_is_trained(
    network: torch.nn.Module, tmp_path: Path
):
    torch.save(network.state_dict(), tmp_path / "operators.pth")
    trained = weights.resolve(NAME, tmp_path / "operators.pth", tmp_path)
    untrained = weights.seeded(NAME)
    weights.store(trained, tmp_path)

    found = [
        weights.by_identity(NAME, one.digest[:32], is_trained=None, folder=tmp_path) for one in (trained, untrained)
    ]

    assert [one.digest for one in found] == [trained.digest, untrained.digest]
    assert [one.is_trained for one in found] == [True, False]
    with pytest.raises(weights.WeightsError, match=r"abababababababab\) are missing in"):
        weights.by_identity(NAME, "ab" * 16, is_trained=None, folder=tmp_path / "elsewhere")


def test_kept_weights_are_readable_as_other_files_are(tmp_path: Path):
    (tmp_path / "other").touch()

    path = weights.store(weights.resolve(NAME, None, tmp_path), tmp_path)

    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode
