"""What a curator watches: pictures on their way, failures and how to try again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from collection import ingest
from collection.jobs import job_queue, upload_progress, workers
from collection.models import Artwork, ArtworkImage, Job, JobState, Upload
from tests.collection.uploads import a_file, an_upload
from tests.factories import a_work, add_picture, painted

pytestmark = pytest.mark.django_db


def settle(image: ArtworkImage, state: JobState, reason: str = "") -> None:
    image.jobs.update(state=state, reason=reason)


def progress_page(browser: Client, upload: Upload, seen: str = ""):
    return browser.get(reverse("upload-progress", args=[upload.pk]), {"seen": seen})


def test_a_picture_is_done_when_all_that_it_needs_is_done(collection, curator):
    upload = an_upload(curator, a_file(1))
    image = ArtworkImage.objects.get()
    seen = []

    Job.objects.create(image=image, key="embed:1000")
    seen.append(upload_progress.of(upload).files[0].state)
    image.jobs.filter(key=job_queue.DERIVATIVES).update(state=JobState.CLAIMED)
    seen.append(upload_progress.of(upload).files[0].state)
    image.jobs.filter(key=job_queue.DERIVATIVES).update(state=JobState.DONE)
    seen.append(upload_progress.of(upload).files[0].state)
    settle(image, JobState.DONE)
    seen.append(upload_progress.of(upload).files[0].state)

    assert seen == ["waiting", "working", "working", "done"]


def test_the_page_asks_again_until_everything_is_settled(collection, curator):
    upload = an_upload(curator, a_file(1), SimpleUploadedFile("note.txt", b"Only words."))
    before = progress_page(curator, upload).content.decode()

    settle(ArtworkImage.objects.get(), JobState.DONE)
    after = progress_page(curator, upload).content.decode()

    assert 'hx-trigger="every 1s"' in before
    assert "0 of 2 ready, 1 refused" in before
    assert "hx-trigger" not in after
    assert "1 of 2 ready, 1 refused" in after


def test_nothing_is_sent_to_a_page_that_shows_it_already(collection, curator):
    upload = an_upload(curator, a_file(1))
    version = upload_progress.of(upload).version

    unchanged = progress_page(curator, upload, version)
    settle(ArtworkImage.objects.get(), JobState.DONE)
    changed = progress_page(curator, upload, version)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert changed.status_code == 200


def test_the_progress_of_many_pictures_takes_few_queries(collection, curator, django_assert_max_num_queries):
    upload = an_upload(curator, *[a_file(seed) for seed in range(1, 9)])

    with django_assert_max_num_queries(8):
        progress_page(curator, upload)


def test_a_failed_picture_says_why_and_can_be_tried_again(collection, curator):
    upload = an_upload(curator, a_file(1))
    settle(ArtworkImage.objects.get(), JobState.FAILED, "The picture could not be decoded.")
    page = curator.get(upload.get_absolute_url()).content.decode()

    curator.post(upload.get_absolute_url(), {"action": "retry"})

    assert "The picture could not be decoded." in page
    assert "Try again" in page
    assert set(Job.objects.values_list("state", flat=True)) == {"pending"}


def test_trying_again_wakes_a_worker(collection, curator, django_capture_on_commit_callbacks, broker):
    upload = an_upload(curator, a_file(1))

    with django_capture_on_commit_callbacks(execute=True):
        curator.post(upload.get_absolute_url(), {"action": "retry"})

    assert workers.MAKE_DERIVATIVES in broker.tasks()


def test_publishing_all_shows_what_was_added_and_nothing_else(collection, curator):
    draft = a_work(collection, is_published=False)
    add_picture(draft, ingest.NewPicture(painted(9), "9.jpg"))
    upload = an_upload(curator, a_file(1), a_file(2), a_file(9, "held.jpg"))

    page = curator.post(upload.get_absolute_url(), {"action": "publish"}, follow=True).content.decode()

    draft.refresh_from_db()
    assert not draft.is_published
    assert Artwork.objects.filter(is_published=True).count() == 2
    assert "2 works published" in page
    assert "Publish all" not in page


def test_an_unknown_action_is_refused(collection, curator):
    upload = an_upload(curator, a_file(1))

    assert curator.post(upload.get_absolute_url(), {"action": "explode"}).status_code == 400


def test_a_picture_removed_since_is_told_as_such(collection, curator):
    upload = an_upload(curator, a_file(1))
    ArtworkImage.objects.get().delete()

    page = curator.get(upload.get_absolute_url()).content.decode()

    assert "removed since" in page


def test_a_picture_that_a_merge_moved_to_another_collection_names_no_record_of_it(collection, curator):
    upload = an_upload(curator, a_file(1))
    elsewhere = a_work(title="Zqsecret")
    ArtworkImage.objects.update(artwork=elsewhere, collection=elsewhere.collection)

    page = progress_page(curator, upload).content.decode()

    assert "Zqsecret" not in page
    assert elsewhere.get_absolute_url() not in page
