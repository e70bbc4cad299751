"""Files and rows of a record that was merged into another one."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.serializers import serialize

from collection.desk import upload_intake
from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import Artwork, ArtworkImage, Collection, Upload
from tests import factories
from tests.collection.uploads import a_file, refusals, send, send_as_script, signed_in


@pytest.fixture
def art(media: Path) -> Collection:
    return factories.a_collection(slug="art")


@pytest.fixture
def works(art: Collection) -> tuple[Artwork, Artwork]:
    """Two works of the collection with the pictures of the seeds 1 and 2: 1923.1 and 1923.4."""
    found = [factories.a_work(art, accession_number=number, title=number) for number in ("1923.1", "1923.4")]
    for seed, work in enumerate(found, start=1):
        factories.a_painted_image(work, seed=seed)
    return found[0], found[1]


@pytest.mark.parametrize(
    ("views", "sentence"),
    [
        (True, "This file is already held as 1923.1."),
        (False, "This file is already held as 1923.4, which was merged into 1923.1."),
    ],
)
def test_an_upload_of_a_file_of_a_merged_record_is_told_where_it_is_held(art, works, views, sentence):
    curator = factories.a_user(curates=art)
    merge(*works, curator, views=views)

    send(signed_in(curator), a_file(2))

    assert refusals(Upload.objects.get()) == {"2.jpg": sentence}


def test_a_file_that_a_merge_moved_to_another_collection_is_still_held(art, works):
    curator = factories.a_user(curates=art)
    other = factories.a_collection()
    other.curators.add(curator)
    kept = factories.a_work(other, accession_number="K.1")
    row = merge(kept, works[1], curator)

    send(signed_in(curator), a_file(2))
    elsewhere = send(signed_in(curator), a_file(1), collection=other.slug)

    assert refusals(Upload.objects.get(collection=art)) == {"2.jpg": "This file is already held in another collection."}
    assert (elsewhere.status_code, kept.images.count()) == (302, 1)
    assert refusals(Upload.objects.get(collection=other)) == {"1.jpg": ""}  # each collection may hold a file of its own
    assert undo(row, curator).pictures_left == 0


@pytest.mark.parametrize("sees_both", [True, False])
def test_a_work_of_another_collection_that_holds_a_file_is_named_to_those_who_may_see_it(art, works, sees_both):
    hidden = factories.a_collection(is_public=False, slug="hidden")
    kept = factories.a_work(hidden, accession_number="K.1", title="Secret")
    merge(kept, works[1], factories.a_user(is_superuser=True))
    curator = factories.a_user(curates=art)
    if sees_both:
        hidden.curators.add(curator)

    (sent,) = send_as_script(signed_in(curator), a_file(2)).json()["files"]
    upload = Upload.objects.get()
    pages = [signed_in(curator).get(f"/uploads/{upload.pk}/{part}").text for part in ("", "progress/")]

    assert sent["refusal"] == "This file is already held in another collection."
    assert sent["work"] == (kept.get_absolute_url() if sees_both else "")
    assert [("K.1" in page, kept.get_absolute_url() in page) for page in pages] == [(sees_both, sees_both)] * 2


def test_the_record_of_another_collection_that_an_alias_leads_to_is_named_to_nobody_else(art, works):
    hidden = factories.a_collection(is_public=False)
    kept = factories.a_work(hidden, accession_number="K.1")
    merge(kept, works[1], factories.a_user(is_superuser=True), views=False)
    browser = signed_in(factories.a_user(curates=art))

    send(browser, a_file(2), a_file(3, "1923.4.jpg"), adds_views="on")
    page = browser.post(f"/works/{works[0].pk}/edit/", {"accession_number": "1923.4"})

    assert refusals(Upload.objects.get()) == {
        "2.jpg": "This file is already held as 1923.4, which was merged into a record of another collection.",
        "1923.4.jpg": "1923.4 was merged into a record of another collection. Upload this picture there.",
    }
    assert "This is the number of a record that was merged into a record of another collection." in page.text
    assert "K.1" not in page.text


def test_a_new_picture_named_by_the_number_of_an_alias_is_refused_in_words(art, works):
    curator = factories.a_user(curates=art)
    merge(*works, curator)

    send(signed_in(curator), a_file(3, "1923.4.jpg"), adds_views="on")

    assert refusals(Upload.objects.get()) == {
        "1923.4.jpg": "1923.4 was merged into 1923.1. To add this picture to 1923.1, name the file by that number."
    }
    assert works[1].images.count() == 0


def test_publishing_an_upload_leaves_works_alone_that_its_pictures_were_merged_away_from(art, works):
    curator = factories.a_user(curates=art)
    send(signed_in(curator), a_file(5, "draft.jpg"))
    draft = Artwork.objects.get(accession_number="draft")
    merge(works[0], draft, curator, views=False)

    assert upload_intake.publish(Upload.objects.get()) == 0

    draft.refresh_from_db()
    assert not draft.is_published


@pytest.mark.parametrize("views", [True, False])
def test_an_import_leaves_a_merged_record_and_the_kept_one_as_they_are_and_says_so(
    art, works, views, tmp_path, settings, capsys
):
    settings.KINDRED_HOME = tmp_path / "home"
    merge(*works, factories.a_user(curates=art), views=views)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in (1, 2, 3):
        (folder / f"{seed}.jpg").write_bytes(factories.painted(seed))
    lines = ["filename,accession_number,title", "1.jpg,1923.1,Kept", "2.jpg,1923.4,Revived", "3.jpg,1923.4,Revived"]
    (folder / "metadata.csv").write_text("\n".join(lines))
    before = ArtworkImage.objects.count()

    call_command("import_collection", folder, collection="art")

    said = capsys.readouterr().out
    kept, merged = (Artwork.objects.get(pk=work.pk) for work in works)
    assert (kept.title, merged.title, merged.merged_into) == ("Kept", "1923.4", kept)
    assert ArtworkImage.objects.count() == before
    assert "1923.4 was merged into 1923.1. This row was left out." in said
    assert "2 merged into other records" in said


def test_a_row_of_another_number_with_the_file_of_an_alias_is_told_where_that_is(
    art, works, tmp_path, settings, capsys
):
    settings.KINDRED_HOME = tmp_path / "home"
    merge(*works, factories.a_user(curates=art), views=False)
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "2.jpg").write_bytes(factories.painted(2))
    (folder / "metadata.csv").write_text("filename,accession_number\n2.jpg,1950.1")

    call_command("import_collection", folder, collection="art")

    assert "already held as 1923.4. 1923.4 was merged into 1923.1." in capsys.readouterr().out


def test_arrivals_for_an_alias_of_an_alias_are_told_the_end_of_the_chain(art, works, tmp_path, settings, capsys):
    settings.KINDRED_HOME = tmp_path / "home"
    curator = factories.a_user(curates=art)
    last = factories.a_work(art, accession_number="1923.9", title="1923.9")
    merge(*works, curator)
    merge(last, works[0], curator)
    folder = import_folder(tmp_path, "filename,accession_number,title\n2.jpg,1923.4,Revived", 2)

    send(signed_in(curator), a_file(3, "1923.4.jpg"), adds_views="on")
    call_command("import_collection", folder, collection="art")

    (refusal,) = refusals(Upload.objects.get()).values()
    assert "1923.4 was merged into 1923.9. To add this picture to 1923.9" in refusal
    assert "1923.4 was merged into 1923.9. This row was left out." in capsys.readouterr().out
    assert {work.title for work in Artwork.objects.all()} == {"1923.1", "1923.4", "1923.9"}


def test_the_same_table_imported_again_after_a_merge_changes_nothing(art, works, tmp_path, settings, capsys):
    settings.KINDRED_HOME = tmp_path / "home"
    table = "filename,accession_number,title,view_label\n1.jpg,1923.1,1923.1,\n2.jpg,1923.4,Other,front"
    folder = import_folder(tmp_path, table, 1, 2)
    merge(*works, factories.a_user(curates=art))
    before = serialize("json", [*Artwork.objects.order_by("pk"), *ArtworkImage.objects.order_by("pk")])

    for _ in range(2):
        call_command("import_collection", folder, collection="art")

    assert serialize("json", [*Artwork.objects.order_by("pk"), *ArtworkImage.objects.order_by("pk")]) == before
    assert capsys.readouterr().out.count("1923.4 was merged into 1923.1. This row was left out.") == 2


def test_an_import_leaves_pictures_alone_that_a_merge_moved_to_a_work_with_the_same_number_elsewhere(
    art, works, tmp_path, settings, capsys
):
    settings.KINDRED_HOME = tmp_path / "home"
    reserve = factories.a_collection(title="Reserve")
    kept = factories.a_work(reserve, accession_number="1950.1")
    merge(kept, works[1], factories.a_user(is_superuser=True))
    folder = import_folder(tmp_path, "filename,accession_number,view_label\n2.jpg,1950.1,verso", 2)

    call_command("import_collection", folder, collection="art")

    assert kept.images.get().view_label == ""
    assert not Artwork.objects.filter(collection=art, accession_number="1950.1").exists()
    assert "already held as 1950.1 of Reserve." in capsys.readouterr().out


def import_folder(tmp_path: Path, table: str, *seeds: int) -> Path:
    """Write a folder for import_collection: the pictures of these seeds, and a table."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in seeds:
        (folder / f"{seed}.jpg").write_bytes(factories.painted(seed))
    (folder / "metadata.csv").write_text(table)
    return folder
