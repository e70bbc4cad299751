"""A folder becomes works: fields, views, a second run, a dry run, what the backlog waits for."""

import unicodedata

import pytest
from django.core.management import CommandError

from collection.files import storage
from collection.jobs import job_queue, workers
from collection.models import Artwork, Collection, Step
from tests.collection.imports import a_table, everything, imported
from tests.factories import a_collection, a_work


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

    assert set(Step.objects.values_list("priority", flat=True)) == {job_queue.BACKLOG_PRIORITY}


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
    monkeypatch.setattr(workers, "wake", rung.append)

    with django_capture_on_commit_callbacks(execute=True):
        imported(folder)

    assert rung.count("collection.tasks.make_derivatives") == 1


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


@pytest.mark.django_db
def test_a_work_of_which_it_is_unclear_whether_it_is_published_is_not(folder):
    a_table(folder, "accession_number,filename,published\n1923.4,1.jpg,maybe\n")

    imported(folder)

    assert not Artwork.objects.get().is_published
