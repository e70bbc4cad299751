"""The folder of weights files. The web process lists it, so this module does not import torch."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SUFFIXES = (".pth", ".pt", ".safetensors")  # the formats that similarity.vision.networks reads


class NoSuchFileError(ValueError):
    """There is no file of this name in the folder. The text can be shown to a person."""


@dataclass(frozen=True)
class WeightsFile:
    name: str
    size_bytes: int


def folder() -> Path:
    """Return the folder of weights files: copies for the networks of spaces, and files that administrators add."""
    return Path(settings.KINDRED_HOME) / "weights"


def listed() -> list[WeightsFile]:
    """Return the files, sorted by name; none if the folder does not exist yet."""
    if not folder().is_dir():
        return []
    found = []
    for path in sorted(folder().iterdir()):
        with suppress(FileNotFoundError):  # deleted at this moment
            if is_offered(path):
                found.append(WeightsFile(path.name, path.stat().st_size))
    return found


def path_of(name: str) -> Path:
    """Return the path of the file with this plain name. Raise NoSuchFileError if the folder has no such file."""
    path = folder() / name
    if name != path.name or not is_offered(path):
        raise NoSuchFileError(f"There is no weights file {name!r} in {folder()}.")
    return path


def is_offered(path: Path) -> bool:
    """Return False for a file that is being written (its name starts with a dot) or a link out of the folder."""
    if path.name.startswith(".") or path.suffix not in SUFFIXES or not path.is_file():
        return False
    return path.resolve().parent == folder().resolve()
