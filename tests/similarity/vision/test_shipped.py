"""Shipped weights have their recorded hash, and shipped projections belong to their network."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from similarity.vision.contract import Recipe
from similarity.vision.descriptors import colour_histogram, projection
from similarity.vision.lenses import INTERNAL
from similarity.vision.networks import shipped
from similarity.vision.networks.shipped import Fitted, ShippedFileError
from tests.similarity.vision.raw_rows import rows

LOOK = Recipe("look", "mean-40")
QUANTILES = np.linspace(0.1, 1.2, 1001)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of Kindred with two small weights files."""
    there = tmp_path / "kindred" / "weights"
    there.mkdir(parents=True)
    (there / "small.pth").write_bytes(b"numbers" * 100)
    monkeypatch.setattr(shipped, "FOLDER", there)
    sha256 = hashlib.sha256(b"numbers" * 100).hexdigest()
    monkeypatch.setattr(shipped, "FILES", {"small": ("small.pth", sha256), "gone": ("gone.pth", sha256)})
    return there


def a_fitted(count: int = 60) -> Fitted:
    return Fitted(projection.root_pca(rows(count, 40), [40], 16), QUANTILES.tolist(), count)


@pytest.mark.parametrize("backbone", ["vgg16", "mobilenet_v2"])
def test_the_shipped_weights_have_the_recorded_hash(backbone: str) -> None:
    path = shipped.path_of(backbone)

    assert path is not None
    assert path.parent == shipped.FOLDER
    assert hashlib.sha256(path.read_bytes()).hexdigest() == shipped.FILES[backbone][1]
    assert f"| {path.name} |" in (shipped.FOLDER / "README.md").read_text()
    assert shipped.FILES[backbone][1] in (shipped.FOLDER / "README.md").read_text()


def test_nothing_ships_for_other_networks() -> None:
    assert shipped.path_of("resnet18") is None
    assert shipped.fitted(Recipe("look", "mean-512"), "0" * 64) is None


def test_a_sound_file_is_named(folder: Path) -> None:
    assert shipped.path_of("small") == folder / "small.pth"


@pytest.mark.parametrize("content", [b"numbers" * 60, b"Numbers" + b"numbers" * 99, b""])
def test_a_truncated_or_modified_file_is_one_sentence_with_its_name_and_the_remedy(
    folder: Path, content: bytes
) -> None:
    (folder / "small.pth").write_bytes(content)

    with pytest.raises(ShippedFileError) as refused:
        shipped.path_of("small")

    assert str(refused.value) == (
        f"The weights file {folder / 'small.pth'} is truncated or modified; "
        "restore it from Kindred's repository (git checkout weights/small.pth) or install Kindred again."
    )


def test_a_missing_file_is_one_sentence_with_its_name_and_the_remedy(folder: Path) -> None:
    with pytest.raises(ShippedFileError) as refused:
        shipped.path_of("gone")

    assert str(refused.value) == (
        f"The weights file {folder / 'gone.pth'} is missing; "
        "restore it from Kindred's repository (git checkout weights/gone.pth) or install Kindred again."
    )


def test_a_fitted_projection_is_found_again_with_what_was_measured(folder: Path) -> None:
    written = a_fitted()

    shipped.write(folder / "projections" / shipped.file_name(LOOK, "a" * 64), written)
    found = shipped.fitted(LOOK, "a" * 64)

    assert found is not None
    assert found.projection is not None
    assert written.projection is not None
    later = rows(20, 40, seed=9)
    assert (found.projection.apply(later) * written.projection.apply(later)).sum(axis=1).min() > 0.9999
    assert found.quantiles == pytest.approx(written.quantiles, abs=1e-6)
    assert found.pictures == 60


def test_vectors_that_are_stored_as_they_are_have_quantiles_alone(folder: Path) -> None:
    shipped.write(folder / "projections" / shipped.file_name(LOOK, ""), Fitted(None, QUANTILES.tolist(), 7))

    found = shipped.fitted(LOOK, "")

    assert found is not None
    assert found.projection is None
    assert len(found.quantiles) == 1001
    assert found.pictures == 7


def test_another_recipe_or_other_weights_have_no_projection(folder: Path) -> None:
    shipped.write(folder / "projections" / shipped.file_name(LOOK, "a" * 64), a_fitted())

    assert shipped.fitted(Recipe("look", "mean-41"), "a" * 64) is None
    assert shipped.fitted(Recipe("match", "mean-40"), "a" * 64) is None
    assert shipped.fitted(LOOK, "a" * 63 + "b") is None  # all of the digest counts: two networks share one


@pytest.mark.parametrize("damage", ["half", "empty", "noise", "flipped"])
def test_a_damaged_projection_is_one_sentence_with_its_name_and_the_remedy(folder: Path, damage: str) -> None:
    path = folder / "projections" / shipped.file_name(LOOK, damage * 16)
    shipped.write(path, a_fitted())
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    path.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "noise": b"noise", "flipped": flipped}[damage])

    with pytest.raises(ShippedFileError) as refused:
        shipped.fitted(LOOK, damage * 16)

    assert str(refused.value) == (
        f"The file {path} is truncated or modified; "
        f"restore it from Kindred's repository (git checkout weights/projections/{path.name}) or install Kindred again."
    )


@pytest.mark.parametrize("path", sorted((shipped.FOLDER / "projections").glob("*.npz")), ids=lambda path: path.stem)
def test_every_projection_that_ships_can_be_read_and_is_what_its_name_says(path: Path) -> None:
    found = shipped.read(path)

    lens, pooling = path.stem.rsplit("-", 1)[0].split("-", 1)
    recipe = Recipe(lens, pooling)
    assert len(found.quantiles) == 1001
    assert list(found.quantiles) == sorted(found.quantiles)
    assert found.pictures > 1_000
    if recipe == colour_histogram.RECIPE:
        assert found.projection is None
    else:
        assert found.projection is not None
        assert found.projection.dimensions <= 512
        assert found.projection.lengths == recipe.lengths(sum(found.projection.lengths))
        assert found.projection.label.startswith("whitened" if lens in INTERNAL else "root-pca")
