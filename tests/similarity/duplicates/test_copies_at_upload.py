"""A curator who uploads a copy sees it next to the file, once its duplicates have been looked for."""

import pytest
from django.test import Client

from collection.jobs import job_queue, upload_progress
from collection.models import ArtworkImage, Job, JobState, Upload, UploadedFile
from similarity.models import DuplicatePair, Verdict
from tests import factories

pytestmark = pytest.mark.django_db


def uploaded(image: ArtworkImage, curator: object) -> Upload:
    upload = Upload.objects.create(collection=image.collection, uploaded_by=curator)
    UploadedFile.objects.create(upload=upload, name="mine.jpg", image=image)
    return upload


def page_of(upload: Upload, curator: object) -> str:
    client = Client()
    client.force_login(curator)
    return client.get(upload.get_absolute_url()).text


@pytest.mark.parametrize("is_upload_first", [True, False])
def test_a_copy_is_named_beside_the_file_with_a_link_to_compare(is_upload_first: bool):
    collection = factories.a_collection()
    curator = factories.a_user(curates=collection)
    images = [factories.an_image(factories.a_work(collection)) for _ in range(2)]
    pair = DuplicatePair.objects.create(low=images[0], high=images[1], suggested=Verdict.DUPLICATE, correlation=0.9)
    own, other = images if is_upload_first else reversed(images)

    page = page_of(uploaded(own, curator), curator)

    assert f'Looks like a copy of <a href="{other.artwork.get_absolute_url()}">{other.artwork.accession_number}' in page
    assert pair.get_absolute_url() in page


@pytest.mark.parametrize(
    "fields",
    [
        {"suggested": Verdict.SIMILAR},
        {"suggested": Verdict.DUPLICATE, "verdict": Verdict.UNRELATED},
        {"suggested": Verdict.DUPLICATE, "stands_for_many": True},
    ],
)
def test_pictures_that_are_only_similar_decided_or_placeholders_are_not_named(fields: dict[str, object]):
    collection = factories.a_collection()
    curator = factories.a_user(curates=collection)
    low, high = (factories.an_image(factories.a_work(collection)) for _ in range(2))
    DuplicatePair.objects.create(low=low, high=high, decided_at="2026-01-01T00:00Z", **fields)

    assert "Looks like a copy" not in page_of(uploaded(high, curator), curator)


def test_copies_in_collections_of_others_are_not_named():
    collection = factories.a_collection()
    curator = factories.a_user(curates=collection)
    other, own = factories.an_image(), factories.an_image(factories.a_work(collection))
    DuplicatePair.objects.create(low=other, high=own, suggested=Verdict.DUPLICATE)

    page = page_of(uploaded(own, curator), curator)

    assert "Looks like a copy" not in page
    assert other.artwork.accession_number not in page


def test_the_page_is_loaded_again_until_duplicates_have_been_looked_for():
    image = factories.an_image()
    upload = uploaded(image, factories.a_user())
    Job.objects.create(image=image, key="embed:1", state=JobState.DONE)
    flag = Job.objects.create(image=image, key=job_queue.FLAG)

    before = upload_progress.of(upload)
    Job.objects.filter(pk=flag.pk).update(state=JobState.DONE)
    after = upload_progress.of(upload)

    assert (before.is_settled, before.is_final) == (True, False)
    assert (after.is_settled, after.is_final) == (True, True)
    assert before.version != after.version
