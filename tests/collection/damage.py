"""Damage files of pictures, as a failing disk or a person does."""

from pathlib import Path

from collection.files import storage
from collection.models import ArtworkImage


def original_of(image: ArtworkImage) -> Path:
    return storage.original(image.sha256, image.extension)


def derivative_of(image: ArtworkImage, name: str = "480.webp") -> Path:
    return storage.derivatives(image.sha256) / name


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
