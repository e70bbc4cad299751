"""The files that ship with Kindred: weights, checked by their sha256, and projections fitted on many pictures.

Imports no torch, because the web process checks the files too.
"""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from similarity.vision.contract import Recipe
from similarity.vision.descriptors.projection import Projection, ProjectionError

FOLDER = Path(__file__).resolve().parents[3] / "weights"
FILES = {
    "vgg16": ("vgg16_features.safetensors", "16d342909555318989ee2788ec6e5951c2df0c95bafd699c577db894549a0aeb"),
    "mobilenet_v2": ("mobilenet_v2.pth", "29a2e0b4d96dcee0637b7101244bf4ce4346a47c925d6682857c02fe4754bd4c"),
}


class ShippedFileError(ValueError):
    """A shipped file is missing, truncated or modified. The text names the file and the remedy."""


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
    """Return how to restore a shipped file, as the end of a sentence."""
    if not path.is_relative_to(FOLDER.parent):
        return "restore it"
    name = path.relative_to(FOLDER.parent)
    return f"restore it from Kindred's repository (git checkout {name}) or install Kindred again"


@dataclass(frozen=True)
class Fitted:
    """A projection that was fitted once on many pictures, and the distances of random pairs of these pictures."""

    projection: Projection | None  # None: vectors are stored unprojected
    quantiles: Sequence[float]  # cosine distances of random pairs at the quantiles 0, 0.1, ... 100 %
    pictures: int  # number of pictures that it was fitted on


def fitted(recipe: Recipe, digest: str) -> Fitted | None:
    """Return the shipped projection for a recipe of the weights with this digest, or None. Raise ShippedFileError."""
    path = FOLDER / "projections" / file_name(recipe, digest)
    return read(path) if path.is_file() else None


def file_name(recipe: Recipe, digest: str) -> str:
    """Return the name of the projection's file: lens, pooling, and a hash of the weights' digest."""
    return f"{recipe.lens}-{recipe.pooling}-{hashlib.sha256(digest.encode()).hexdigest()[:12]}.npz"


def check_projections() -> None:
    """Read every shipped projection once per process, and again when a file changes. Raise ShippedFileError."""
    for path in sorted((FOLDER / "projections").glob("*.npz")):
        check_projection(path, path.stat().st_mtime_ns)


@cache
def check_projection(path: Path, mtime_ns: int) -> None:
    """Read a file and discard its numbers, which the web process does not use. Raise ShippedFileError."""
    load(path)


@cache
def read(path: Path) -> Fitted:
    """Read a file and cache it for the life of the process. Raise ShippedFileError."""
    return load(path)


def load(path: Path) -> Fitted:
    """Read a file written by `write`. Raise ShippedFileError."""
    try:
        with np.load(path, allow_pickle=False) as file:
            quantiles, pictures = file["quantiles"].astype(float).tolist(), int(file["pictures"])
            packed = file["projection"].tobytes()
        return Fitted(Projection.unpack(packed) if packed else None, quantiles, pictures)
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, EOFError, TypeError, ProjectionError):
        raise ShippedFileError(f"The file {path} is truncated or modified; {remedy(path)}.") from None


def write(path: Path, found: Fitted) -> None:
    """Write a projection with float16 matrices, which halves the file. Its label is that of the rounded matrices."""
    file = io.BytesIO()
    packed = found.projection.pack(np.float16) if found.projection else b""
    np.savez(
        file, allow_pickle=False, quantiles=np.array(found.quantiles, np.float32), pictures=np.array(found.pictures),
        projection=np.frombuffer(packed, np.uint8),
    )  # fmt: skip
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(file.getvalue())
