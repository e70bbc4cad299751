"""What tests of import_collection share: tables, and a run of the command."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from collection.models import Artwork, ArtworkImage, Collection, Step


def a_table(folder: Path, text: str | bytes, name: str = "metadata.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def imported(folder: Path, *options: str) -> tuple[str, int]:
    """What the command said, and its exit code."""
    said = io.StringIO()
    code = 0
    try:
        call_command("import_collection", folder, "--collection", "art", *options, stdout=said, stderr=said)
    except SystemExit as end:
        code = int(end.code or 0)
    return said.getvalue(), code


def refusal_of(folder: Path, *options: str) -> str:
    """The sentence with which the command would not even start."""
    with pytest.raises(CommandError) as refusal:
        imported(folder, *options)
    assert refusal.value.returncode == 2
    return str(refusal.value)


def everything() -> list[object]:
    """All that an import may change, for comparison."""
    return [list(model.objects.order_by("pk").values()) for model in (Collection, Artwork, ArtworkImage, Step)]
