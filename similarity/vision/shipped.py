"""The weights files that ship with Kindred, checked by hash. No torch here: the web process checks them too."""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "weights"
FILES = {
    "vgg16": ("vgg16_features.safetensors", "16d342909555318989ee2788ec6e5951c2df0c95bafd699c577db894549a0aeb"),
    "mobilenet_v2": ("mobilenet_v2.pth", "29a2e0b4d96dcee0637b7101244bf4ce4346a47c925d6682857c02fe4754bd4c"),
}


class ShippedFileError(ValueError):
    """A shipped weights file is missing, truncated or modified; the text names the file and the remedy."""


def path_of(backbone: str) -> Path | None:
    """Return the weights file that ships for a network, or None where none ships. Raise ShippedFileError."""
    if backbone not in FILES:
        return None
    name, sha256 = FILES[backbone]
    path = FOLDER / name
    check(path, sha256)
    return path


@cache
def check(path: Path, sha256: str) -> None:
    """Compare a file with its sha256, once per process. Raise ShippedFileError."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise ShippedFileError(f"The weights file {path} is missing; {remedy(path)}.") from None
    except OSError as error:
        raise ShippedFileError(f"The weights file {path} can't be read ({error.strerror}); {remedy(path)}.") from None
    if found != sha256:
        raise ShippedFileError(f"The weights file {path} is truncated or modified; {remedy(path)}.")


def remedy(path: Path) -> str:
    return f"restore it from Kindred's repository (git checkout {path.parent.name}/{path.name}) or install Kindred again"
