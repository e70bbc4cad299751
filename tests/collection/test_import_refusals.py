"""What an import does not take: rows one by one with their reason, a bad table whole, in one sentence."""

import csv
import os

import pytest

from collection.models import Artwork
from tests.collection.imports import a_table, everything, imported, refusal_of
from tests.factories import painted


@pytest.mark.django_db
def test_the_same_picture_under_two_numbers_makes_one_work_and_is_no_refusal(folder):
    (folder / "copy.jpg").write_bytes((folder / "1.jpg").read_bytes())
    a_table(folder, "accession_number,filename\nSM.0123,1.jpg\nSM.0200,copy.jpg\n")

    said, code = imported(folder)

    assert code == 0
    assert Artwork.objects.get().accession_number == "SM.0123"
    assert "already held as SM.0123" in said


@pytest.mark.django_db
def test_a_dry_run_says_what_would_happen_and_leaves_no_trace(folder, media):
    (folder / "copy.jpg").write_bytes((folder / "1.jpg").read_bytes())
    a_table(folder, "accession_number,filename\nA,1.jpg\nB,copy.jpg\nC,lost.jpg\n")

    said, code = imported(folder, "--dry-run")

    assert code == 1
    assert "1 added, 1 already held, 1 refused" in said
    assert everything() == [[], [], [], []]
    assert not list(media.iterdir())
    assert not (folder.parent / "home").exists()


@pytest.mark.django_db
def test_each_refused_row_has_its_reason_and_the_others_go_on(folder):
    (folder / "text.jpg").write_text("no picture")
    (folder / "html.jpg").mkdir()
    os.mkfifo(folder / "pipe.jpg")
    outside = folder.parent / "secret.jpg"
    outside.write_bytes(painted(9))
    (folder / "link.jpg").symlink_to(outside)
    names = ["text.jpg", "html.jpg", "pipe.jpg", "link.jpg", "../secret.jpg", str(outside), "lost.jpg", "", "x" * 300]
    a_table(
        folder, "accession_number,filename\n" + "".join(f"N{i},{name}\n" for i, name in enumerate(names)) + "A,1.jpg"
    )

    _, code = imported(folder)

    (path,) = (folder.parent / "home" / "reports").iterdir()
    with path.open(newline="") as file:
        notes = {row["filename"]: row["note"] for row in csv.DictReader(file)}
    assert code == 1
    assert Artwork.objects.get().accession_number == "A"
    assert "not a picture" in notes["text.jpg"]
    assert "lies outside of the folder" in notes["link.jpg"]
    assert "leads out of the folder" in notes["../secret.jpg"] == notes[str(outside)]
    assert "no such file" in notes["lost.jpg"] == notes["html.jpg"] == notes["pipe.jpg"] == notes["x" * 300]
    assert "has no file name" in notes[""]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"accession_number,title\nA,One\n", "no column named filename"),
        (b"filename,title,Title\n1.jpg,a,b\n", "two columns named Title"),
        (b"filename,date start,date_start\n1.jpg,1,2\n", "have the same name"),
        (b"filename,,title\n1.jpg,a,b\n", "no name for column 2"),
        (b"filename,title\n1.jpg,caf\xe9\n", "not in UTF-8 (see line 2)"),
        (b"filename,title\n1.jpg,One\n2.jpg,T\0wo\n", "NUL byte in line 3"),
        ("filename,title\n1.jpg,One\n".encode("utf-16"), "UTF-16"),
        (b"", "is empty"),
        (b'filename,title\n1.jpg,"One\n2.jpg,Two\n', "cannot be read near line"),
        (b"filename,title\n", "nothing to import"),
    ],
)
@pytest.mark.django_db
def test_a_table_that_cannot_be_read_is_refused_whole_in_one_sentence(folder, data, sentence):
    a_table(folder, data)

    assert sentence in refusal_of(folder)
    assert everything() == [[], [], [], []]


@pytest.mark.django_db
def test_a_folder_or_table_that_is_not_there_is_one_sentence(folder):
    assert "is not a folder" in refusal_of(folder / "lost")
    assert "cannot be read" in refusal_of(folder, "--metadata", str(folder / "lost.csv"))
    assert "should be a table" in refusal_of(folder, "--metadata", str(folder / "1.jpg"))
