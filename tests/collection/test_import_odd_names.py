"""Without a table, the pictures of a folder are recognised by content, and every other file is listed."""

from pathlib import Path

import pytest

from collection.models import Artwork, ArtworkImage
from tests import pictures
from tests.collection.imports import imported
from tests.factories import painted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["4.bmp", "4", "4.JPG_original", "4.dat"])
def test_a_picture_is_imported_whatever_its_name_ends_in(folder: Path, name: str):
    (folder / name).write_bytes(painted(4))

    said, code = imported(folder)

    assert code == 0
    assert "4 pictures: 4 added" in said
    assert Artwork.objects.filter(accession_number="4").exists()


def test_files_that_are_no_pictures_are_listed_with_a_sentence_each(folder: Path):
    (folder / "notes.txt").write_text("Hung in the hall.")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 and so on")
    (folder / "4.bmp").write_bytes(pictures.packed(pictures.landscape(4), "BMP"))
    (folder / "empty.dat").write_bytes(b"")
    (folder / ".DS_Store").write_bytes(b"of a Mac")

    said, code = imported(folder)

    assert code == 0
    assert "3 pictures: 3 added, 0 already held, 0 refused" in said
    assert "4 other files left out." in said
    assert "notes (notes.txt): This file is text, not a picture" in said
    assert "scan (scan.pdf): This file is a PDF document" in said
    assert "4 (4.bmp): This file is a BMP picture" in said
    assert "empty (empty.dat): This file is empty" in said
    assert "DS_Store" not in said
    assert ArtworkImage.objects.count() == 3


def test_a_file_that_is_no_picture_changes_no_number(folder: Path):
    (folder / "1.txt").write_text("about picture 1")

    imported(folder)

    assert set(Artwork.objects.values_list("accession_number", flat=True)) == {"1", "2", "3"}


def test_the_table_of_the_report_has_every_file_that_was_left_out(folder: Path, settings):
    (folder / "notes.txt").write_text("Hung in the hall.")

    imported(folder)

    (report,) = (settings.KINDRED_HOME / "reports").iterdir()
    assert ',notes,notes.txt,left out,"This file is text' in report.read_text()


def test_a_broken_picture_is_still_refused(folder: Path):
    (folder / "4.jpg").write_text("no picture")

    said, code = imported(folder)

    assert code == 1
    assert "1 refused" in said
