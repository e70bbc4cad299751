import csv
import io
import os
import unicodedata
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from collection import ingest, steps, storage
from collection.models import Artwork, ArtworkImage, Collection, Step
from tests.factories import a_collection, a_work, painted


@pytest.fixture
def folder(tmp_path: Path, media: Path, settings) -> Path:
    """A folder to import from, with pictures 1.jpg, 2.jpg and 3.jpg."""
    settings.KINDRED_HOME = tmp_path / "home"
    found = tmp_path / "pictures"
    found.mkdir()
    for seed in (1, 2, 3):
        (found / f"{seed}.jpg").write_bytes(painted(seed))
    return found


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


@pytest.mark.django_db
def test_a_table_becomes_works_with_all_their_fields(folder):
    a_table(
        folder,
        "accession_number,filename,title,creator,date,date_start,date_end,medium,dimensions,classification,"
        "department,culture,credit_line,rights,source,description,view,published\n"
        '1923.4,1.jpg,"Sea, calm",Ann Lee|Bo Ek,c. 1860,1855,1865,oil,10 x 20 cm,Painting,Paintings,Danish,'
        'Gift,https://example.org/cc0,https://example.org/1923.4,"One\nTwo",front,no\n',
    )

    imported(folder)

    work = Artwork.objects.get()
    assert (work.collection.slug, work.accession_number, work.title) == ("art", "1923.4", "Sea, calm")
    assert (work.creators, work.date_display) == (["Ann Lee", "Bo Ek"], "c. 1860")
    assert (work.year_start, work.year_end, work.medium, work.dimensions) == (1855, 1865, "oil", "10 x 20 cm")
    assert (work.classification, work.department, work.culture) == ("Painting", "Paintings", "Danish")
    assert (work.credit_line, work.rights_uri) == ("Gift", "https://example.org/cc0")
    assert (work.source_url, work.description) == ("https://example.org/1923.4", "One\nTwo")
    assert not work.is_published
    assert work.images.get().view_label == "front"


@pytest.mark.django_db
def test_without_a_table_each_picture_is_a_work_named_by_its_file(folder):
    (folder / "2.jpg").rename(folder / "old-mill_at dusk.jpg")
    (folder / "notes.txt").write_text("left aside")

    _, code = imported(folder, "--title", "Old art")

    assert code == 0
    assert Collection.objects.get().title == "Old art"
    assert dict(Artwork.objects.values_list("accession_number", "title")) == {
        "1": "", "3": "", "old-mill_at dusk": "Old mill at dusk",
    }  # fmt: skip


@pytest.mark.django_db
def test_running_again_changes_nothing(folder):
    a_table(folder, "accession_number,filename,title\nA,1.jpg,One\nB,2.jpg,Two\n")
    imported(folder)
    before = everything()

    said, code = imported(folder)

    assert everything() == before
    assert (code, "2 already held" in said, "0 updated" in said) == (0, True, True)


@pytest.mark.django_db
def test_changed_metadata_update_the_work_and_empty_cells_clear_nothing(folder):
    a_table(folder, "accession_number,filename,title,creator,medium\nA,1.jpg,One,Ann Lee,oil\n")
    imported(folder)
    a_table(folder, "accession_number,filename,title,creator,medium\nA,1.jpg,Uno,Ann Lee|Bo Ek,\n")

    said, _ = imported(folder)

    work = Artwork.objects.get()
    assert (work.title, work.creators, work.medium) == ("Uno", ["Ann Lee", "Bo Ek"], "oil")
    assert "1 updated" in said


@pytest.mark.django_db
def test_running_again_does_not_publish_what_was_withdrawn(folder):
    a_table(folder, "accession_number,filename\nA,1.jpg\n")
    imported(folder)
    Artwork.objects.update(is_published=False)

    imported(folder, "--publish")

    assert not Artwork.objects.get().is_published


@pytest.mark.django_db
def test_new_works_wait_as_drafts_where_asked(folder):
    imported(folder, "--draft")

    assert not Artwork.objects.filter(is_published=True).exists()


@pytest.mark.django_db
def test_rows_of_one_work_become_its_views_in_their_order(folder):
    a_table(folder, "accession_number,filename,view\nA,3.jpg,front\nB,1.jpg,\nA,2.jpg,verso\n")

    imported(folder)

    views = Artwork.objects.get(accession_number="A").images.values_list("position", "view_label")
    assert list(views) == [(0, "front"), (1, "verso")]


@pytest.mark.django_db
def test_a_view_that_comes_later_goes_last_and_labels_can_be_corrected(folder):
    a_table(folder, "accession_number,filename,view\nA,1.jpg,frnt\n")
    imported(folder)
    a_table(folder, "accession_number,filename,view\nA,2.jpg,verso\nA,1.jpg,front\n")

    imported(folder)

    assert list(Artwork.objects.get().images.values_list("view_label", flat=True)) == ["front", "verso"]


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
    assert "names no file" in notes[""]


@pytest.mark.django_db
def test_a_work_whose_pictures_are_all_refused_is_not_made(folder):
    a_table(folder, "accession_number,filename\nA,lost.jpg\n")

    imported(folder)

    assert not Artwork.objects.exists()


@pytest.mark.django_db
def test_pictures_are_also_found_in_a_folder_named_images_and_in_either_spelling(folder):
    (folder / "images").mkdir()
    (folder / "1.jpg").rename(folder / "images" / unicodedata.normalize("NFD", "Dürer.jpg"))
    a_table(
        folder, f"accession_number,filename\nA,{unicodedata.normalize('NFC', 'Dürer.jpg')}\nB,images\\missing.jpg\n"
    )

    said, _ = imported(folder)

    assert "1 added, 0 already held, 1 refused" in said


@pytest.mark.django_db
def test_an_existing_collection_and_its_works_are_added_to(folder):
    work = a_work(a_collection(slug="art", title="Kept"), accession_number="A", title="", medium="oil")
    a_table(folder, "accession_number,filename,title\nA,1.jpg,One\n")

    imported(folder, "--title", "Not taken")

    work.refresh_from_db()
    assert (work.collection.title, work.title, work.medium, work.images.count()) == ("Kept", "One", "oil", 1)


@pytest.mark.django_db
def test_a_backlog_waits_behind_uploads(folder):
    imported(folder)

    assert set(Step.objects.values_list("priority", flat=True)) == {steps.BACKLOG_PRIORITY}


@pytest.mark.django_db
def test_a_full_disk_stops_the_import_with_a_sentence_and_the_next_run_goes_on(folder, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "fsync", full)
        with pytest.raises(CommandError, match="No space left on device"):
            imported(folder)
    assert not Artwork.objects.exists()

    imported(folder)

    assert Artwork.objects.count() == 3


@pytest.mark.django_db
def test_a_batch_rings_once(folder, django_capture_on_commit_callbacks, monkeypatch):
    rung = []
    monkeypatch.setattr(ingest.bell, "ring", lambda task: rung.append(task.name))

    with django_capture_on_commit_callbacks(execute=True):
        imported(folder)

    assert rung.count("collection.tasks.make_derivatives") == 1


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
    assert "is no folder" in refusal_of(folder / "lost")
    assert "cannot be read" in refusal_of(folder, "--metadata", str(folder / "lost.csv"))
    assert "should be a table" in refusal_of(folder, "--metadata", str(folder / "1.jpg"))


@pytest.mark.django_db
def test_real_paintings_come_in_with_their_metadata(shared_data, folder):
    with (shared_data / "art" / "metadata.csv").open() as file:
        a_table(folder, "".join(next(file) for _ in range(31)))
    (folder / "images").mkdir()
    for picture in (shared_data / "art" / "images").iterdir():
        if picture.name <= "pa-0030.jpg" and picture.name.startswith("pa-"):
            (folder / "images" / picture.name).write_bytes(picture.read_bytes())

    said, code = imported(folder)

    assert (code, "30 added" in said) == (0, True)
    assert Artwork.objects.get(accession_number="PA.0004").title == "White Horse Study"
