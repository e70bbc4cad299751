"""Weights that cannot be used are refused in a sentence, and the live space stays as it is."""

import pickle
from pathlib import Path

import pytest
import torch

from similarity.embedding import embedders
from similarity.models import Space, SpaceRequest
from similarity.spaces import lifecycle, weights_files
from tests.similarity.spaces.asking import answer_all, asked
from tests.similarity.spaces.growing import filled, uploaded
from tests.similarity.vision import small

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """The folder of weights in a home of its own."""
    settings.KINDRED_HOME = tmp_path
    made = tmp_path / "weights"
    made.mkdir()
    return made


@pytest.fixture
def site(media: Path, folder: Path) -> Space:
    """A live space with pictures."""
    uploaded(8)
    return filled("old")


class Program:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("this ran",))


def write_truncated(path: Path) -> None:
    torch.save(small.made().state_dict(), path)
    path.write_bytes(path.read_bytes()[:5_000])


def write_program(path: Path) -> None:
    torch.save({"features": Program()}, path)


def write_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Program()))


def write_another(path: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(3, 3)}, path)


def write_not_finite(path: Path) -> None:
    torch.save({name: value * torch.nan for name, value in small.made().state_dict().items()}, path)


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (write_truncated, "is truncated or damaged."),
        (write_program, "contains more than tensors, so it was not loaded."),
        (write_pickle, "is not a weights file."),
        (write_another, "is of another network than squeezenet1_0"),
        (write_not_finite, "hold values that are not finite."),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_in_one_sentence(site: Space, folder: Path, capsys, write, sentence):
    write(folder / "given.pth")
    asked(backbone=small.NAME, weights_file="given.pth")
    before = set(Space.objects.values_list("pk", "state", "problem"))

    answer_all(embedders.for_new_space)

    assert sentence in SpaceRequest.objects.get().problem
    assert set(Space.objects.values_list("pk", "state", "problem")) == before
    assert lifecycle.live() == site
    assert "this ran" not in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == ["given.pth"]


def test_good_weights_are_kept_so_that_their_spaces_outlive_the_file(site: Space, folder: Path):
    torch.save(small.made().state_dict(), folder / "given.pth")
    asked(backbone=small.NAME, weights_file="given.pth")

    answer_all(embedders.for_new_space)
    (folder / "given.pth").unlink()

    planned = Space.objects.filter(backbone=small.NAME).first()
    assert embedders.embedder_of(planned).identity == planned.identity


def test_without_a_file_a_network_is_untrained(site: Space, folder: Path):
    asked(backbone=small.NAME)

    answer_all(embedders.for_new_space)

    assert not Space.objects.filter(backbone=small.NAME).first().is_trained


def test_a_network_that_torchvision_has_not_is_told(site: Space, folder: Path):
    asked(backbone="squeezenet9")

    answer_all(embedders.for_new_space)

    assert "'squeezenet9' is not a supported network" in SpaceRequest.objects.get().problem


@pytest.mark.parametrize(
    "name", ["../given.pth", "/etc/passwd", "gone.pth", ".hidden.pth", "notes.txt", "link.pth", "."]
)
def test_only_files_of_the_folder_itself_can_be_named(site: Space, folder: Path, name: str):
    for path in (folder.parent / "given.pth", folder / ".hidden.pth", folder / "notes.txt"):
        torch.save(small.made().state_dict(), path)
    (folder / "link.pth").symlink_to(folder.parent / "given.pth")
    asked(backbone=small.NAME, weights_file=name)

    answer_all(embedders.for_new_space)

    assert "There is no weights file" in SpaceRequest.objects.get().problem
    assert weights_files.listed() == []


def test_the_folder_s_files_are_listed_with_their_sizes(folder: Path):
    (folder / "b.safetensors").write_bytes(b"12345")
    (folder / "a.pt").write_bytes(b"1")
    (folder / "inner.pth").mkdir()

    assert [(file.name, file.size_bytes) for file in weights_files.listed()] == [("a.pt", 1), ("b.safetensors", 5)]


def test_a_file_that_is_deleted_while_the_folder_is_listed_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "gone.pt").write_bytes(b"1")
    (folder / "stays.pt").write_bytes(b"12")
    resolve = Path.resolve

    def resolve_and_delete(path: Path, **options: bool) -> Path:
        found = resolve(path, **options)
        if path.name == "gone.pt":
            path.unlink()
        return found

    monkeypatch.setattr(Path, "resolve", resolve_and_delete)

    assert [file.name for file in weights_files.listed()] == ["stays.pt"]


def test_where_there_is_no_folder_yet_nothing_is_listed(settings, tmp_path: Path):
    settings.KINDRED_HOME = tmp_path / "new"

    assert weights_files.listed() == []
