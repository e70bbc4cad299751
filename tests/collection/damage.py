"""Damage files of pictures, as a failing disk or a person does."""

import datetime as dt
from pathlib import Path

from django.utils import timezone

from collection.files import storage
from collection.jobs import job_queue
from collection.models import ArtworkImage, FileCheck


def original_of(image: ArtworkImage) -> Path:
    return storage.original(image.sha256, image.extension)


def derivative_of(image: ArtworkImage, name: str = "480.webp") -> Path:
    return storage.derivatives(image.sha256) / name


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def made_long_ago(image: ArtworkImage) -> None:
    """Let the derivatives of a picture be old enough that a request may queue them again."""
    long_ago = timezone.now() - dt.timedelta(hours=1)
    image.jobs.filter(key=job_queue.DERIVATIVES).update(changed_at=long_ago)


def states(image: ArtworkImage) -> tuple[str, str]:
    """Return what the last check found: the state of the original, and of the derivatives."""
    found = FileCheck.objects.get(image=image)
    return found.original, found.derivatives


def job_state(image: ArtworkImage) -> str:
    return image.jobs.get(key=job_queue.DERIVATIVES).state
