"""A museum may own damaged files. It can import them on purpose, and only so."""

from pathlib import Path

import pytest

from collection.models import ArtworkImage
from tests import pictures
from tests.collection.imports import imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.KINDRED_HOME = tmp_path / "home"
    folder = tmp_path / "pictures"
    folder.mkdir()
    whole = pictures.packed(pictures.landscape(1), "JPEG", quality=90)
    (folder / "whole.jpg").write_bytes(whole)
    (folder / "half.jpg").write_bytes(whole[: len(whole) // 2] + b"\xff\xd9")
    return folder


def test_a_damaged_picture_is_refused_by_an_import(folder: Path):
    said, code = imported(folder)

    assert code == 1
    assert "half (half.jpg): This JPEG is damaged or incomplete" in said
    assert ArtworkImage.objects.count() == 1


def test_a_damaged_picture_is_imported_on_purpose_with_a_line_in_the_report(folder: Path):
    said, code = imported(folder, "--accept-damaged")

    (report,) = (folder.parent / "home" / "reports").iterdir()
    line = next(line for line in report.read_text().splitlines() if "half.jpg" in line)
    assert code == 0
    assert "Stored although damaged:\n  half (half.jpg): This JPEG is damaged or incomplete" in said
    assert "added" in line
    assert "This JPEG is damaged or incomplete" in line
    assert ArtworkImage.objects.count() == 2
