"""What becomes of the files that a curator sends, also when something breaks."""

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError

from collection import ingest, signals
from collection.desk import upload_intake
from collection.files import storage
from collection.jobs import job_queue, workers
from collection.models import Artwork, ArtworkImage, Job, Upload
from tests.collection.uploads import a_file, an_upload, refusals, send, send_as_script
from tests.factories import a_work, add_picture, painted

pytestmark = pytest.mark.django_db


def test_each_file_becomes_a_draft_named_by_its_file(collection, curator):
    answer = send(curator, a_file(1, "1923.4.jpg"), a_file(2, "sunflowers_in-a-vase.JPG"))

    upload = Upload.objects.get()
    assert answer.url == upload.get_absolute_url()
    works = Artwork.objects.order_by("pk").values_list("accession_number", "title", "is_published")
    assert list(works) == [("1923.4", "", False), ("sunflowers_in-a-vase", "Sunflowers in a vase", False)]
    assert [file.image.artwork.accession_number for file in upload.files.all()] == ["1923.4", "sunflowers_in-a-vase"]


def test_works_are_published_at_once_where_asked(collection, curator):
    send(curator, a_file(1), publishes="on")

    assert Artwork.objects.get().is_published


def test_a_number_that_is_taken_gets_a_suffix(collection, curator):
    a_work(collection, accession_number="1923.4")

    send(curator, a_file(1, "1923.4.jpg"), a_file(2, "1923.4.png"))

    assert set(Artwork.objects.values_list("accession_number", flat=True)) == {"1923.4", "1923.4-2", "1923.4-3"}


def test_one_query_finds_a_free_number(collection, django_assert_num_queries):
    for number in ["image", *(f"image-{count}" for count in range(2, 30))]:
        a_work(collection, accession_number=number)
    long = "n" * 100
    a_work(collection, accession_number=long)

    with django_assert_num_queries(1):
        assert upload_intake.free_number(collection, "image") == "image-30"
    assert upload_intake.free_number(collection, long) == f"{'n' * 98}-2"


def test_files_become_further_views_of_the_works_they_name_where_asked(collection, curator):
    work = a_work(collection, accession_number="1923.4")

    send(curator, a_file(1, "1923.4.jpg"), a_file(2, "1923.5.jpg"), adds_views="on")

    assert work.images.count() == 1
    assert Artwork.objects.filter(accession_number="1923.5").exists()


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>.jpg", "a" * 240 + ".jpg", "....jpg", "Größe №1.jpg", "C:\\my\\1.jpg"]
)
def test_any_name_gives_a_number_that_fits(collection, curator, name):
    upload = an_upload(curator, a_file(1, name))

    number = Artwork.objects.get().accession_number
    page = curator.get(upload.get_absolute_url()).content.decode()
    assert 0 < len(number) <= 100
    assert "<script>alert" not in page


def test_what_is_refused_says_why_and_the_rest_goes_on(collection, curator):
    text = SimpleUploadedFile("note.txt", b"Only words.")
    empty = SimpleUploadedFile("empty.jpg", b"")
    drawing = SimpleUploadedFile("drawing.svg", b"<svg/>")

    upload = an_upload(curator, text, a_file(1), empty, drawing)

    assert ArtworkImage.objects.count() == Artwork.objects.count() == 1
    assert "not a picture" in refusals(upload)["note.txt"]
    assert "is empty" in refusals(upload)["empty.jpg"]
    assert ".svg" in refusals(upload)["drawing.svg"]
    page = curator.get(upload.get_absolute_url()).content.decode()
    assert "0 of 4 ready, 3 refused" in page


def test_the_same_bytes_are_recognised_with_a_link_to_the_work_that_holds_them(collection, curator, media):
    work = a_work(collection, accession_number="1923.4")
    add_picture(work, ingest.NewPicture(painted(1), "1.jpg"))

    upload = an_upload(curator, a_file(1, "again.jpg"))

    page = curator.get(upload.get_absolute_url()).content.decode()
    assert "already held as 1923.4" in page
    assert work.get_absolute_url() in page
    assert Artwork.objects.count() == ArtworkImage.objects.count() == 1


class UnreadFile(SimpleUploadedFile):
    """A file that must not be read."""

    def read(self, *_: object) -> bytes:
        pytest.fail(f"{self.name} was read")


def test_a_file_beyond_the_limit_is_refused_without_being_read(collection, settings):
    settings.KINDRED_UPLOAD_LIMIT_MIB = 1
    upload = Upload.objects.create(collection=collection)

    upload_intake.receive(upload, [UnreadFile("large.jpg", bytes(2**20 + 1))], upload_intake.UploadOptions())

    assert "at most 1 MiB" in refusals(upload)["large.jpg"]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(collection, curator, settings):
    settings.KINDRED_UPLOAD_LIMIT_MIB = 1
    huge = [SimpleUploadedFile("large.jpg", bytes(21 * 2**20)) for _ in range(2)]

    page, answer = send(curator, huge[0]), send_as_script(curator, huge[1])

    assert (page.status_code, answer.status_code) == (413, 413)
    assert "at most 20 MiB can be sent at a time" in page.content.decode()
    assert "at most 20 MiB" in answer.json()["problem"]
    assert not Upload.objects.exists()


def test_too_many_files_are_refused_in_a_sentence(collection, curator, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2

    answer = send(curator, a_file(1), a_file(2), a_file(3))

    assert answer.status_code == 413
    assert "At most 2 files" in answer.content.decode()
    assert not Upload.objects.exists()


def test_no_file_at_all_is_told_in_a_sentence(collection, curator):
    answer = send(curator)

    assert answer.status_code == 422
    assert "choose at least one picture" in answer.content.decode()


def test_a_script_sends_file_by_file_into_one_upload(collection, curator):
    first = send_as_script(curator, a_file(1)).json()

    second = send_as_script(curator, a_file(1, "again.jpg"), upload=first["upload"]).json()

    assert second["url"] == first["url"] == Upload.objects.get().get_absolute_url()
    assert first["files"][0]["refusal"] == ""
    assert second["files"] == [
        {
            "name": "again.jpg",
            "refusal": "This file is already held as 1.",
            "note": "",
            "work": Artwork.objects.get().get_absolute_url(),
        }
    ]


def test_a_file_that_cannot_be_written_fails_and_the_others_are_kept(collection, curator, media):
    folder = storage.original(ingest.digest(painted(2)), "jpg").parent
    folder.parent.mkdir(parents=True)
    folder.touch()  # no folder, so that nothing can be written into it

    upload = an_upload(curator, a_file(1), a_file(2), a_file(3))

    assert refusals(upload) == {"1.jpg": "", "2.jpg": upload_intake.NOT_STORED, "3.jpg": ""}
    assert set(Artwork.objects.values_list("accession_number", flat=True)) == {"1", "3"}


def test_a_database_error_fails_one_file_and_leaves_nothing_of_it(collection, curator):
    def fail_at_the_second(images, **_: object) -> None:
        if images[0].original_name == "2.jpg":
            raise DatabaseError("the connection was lost")

    signals.images_added.connect(fail_at_the_second)
    try:
        upload = an_upload(curator, a_file(1), a_file(2), a_file(3))
    finally:
        signals.images_added.disconnect(fail_at_the_second)

    assert refusals(upload) == {"1.jpg": "", "2.jpg": upload_intake.NOT_STORED, "3.jpg": ""}
    assert set(ArtworkImage.objects.values_list("original_name", flat=True)) == {"1.jpg", "3.jpg"}
    assert not Artwork.objects.filter(accession_number="2").exists()
    assert not Job.objects.filter(image__original_name="2.jpg").exists()


@pytest.mark.django_db(transaction=True)
def test_an_upload_succeeds_while_the_broker_is_away(collection, curator, monkeypatch, tmp_path):
    monkeypatch.setattr(workers.Quiet, "until_s", 0.0)
    monkeypatch.setitem(current_app.conf, "broker_url", f"redis+socket://{tmp_path}/gone.sock")

    upload = an_upload(curator, *[a_file(seed) for seed in range(1, 6)])

    assert set(refusals(upload).values()) == {""}
    assert job_queue.is_waiting(job_queue.DERIVATIVES)
