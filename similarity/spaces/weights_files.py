"""The folder that the weights of networks lie in, and the files in it. No torch here, as the web lists them."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SUFFIXES = (".pth", ".pt", ".safetensors")  # as vision.state_dicts reads them


class NoSuchFileError(ValueError):
    """A name that no file of the folder has; the text is fit to show."""


@dataclass(frozen=True)
class WeightsFile:
    name: str
    size_bytes: int


def folder() -> Path:
    """Where the weights of every network lie that has a space, and where new ones are put."""
    return Path(settings.KINDRED_HOME) / "weights"


def listed() -> list[WeightsFile]:
    """By name; empty where there is no such folder yet."""
    if not folder().is_dir():
        return []
    found = []
    for path in sorted(folder().iterdir()):
        with suppress(FileNotFoundError):  # deleted at this moment
            if is_offered(path):
                found.append(WeightsFile(path.name, path.stat().st_size))
    return found


def path_of(name: str) -> Path:
    """The file of this plain name. Raises NoSuchFileError for what lies elsewhere, or there no more."""
    path = folder() / name
    if name != path.name or not is_offered(path):
        raise NoSuchFileError(f"There is no weights file {name!r} in {folder()}.")
    return path


def is_offered(path: Path) -> bool:
    """Not what is being written (its name begins with a dot), nor what a link leads to outside the folder."""
    if path.name.startswith(".") or path.suffix not in SUFFIXES or not path.is_file():
        return False
    return path.resolve().parent == folder().resolve()
