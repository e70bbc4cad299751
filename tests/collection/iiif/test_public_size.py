"""The public sees no more of an original than its collection permits, and no picture that it may not see."""

import numpy as np
import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from collection.files import pyramids
from collection.jobs import derivative_jobs, job_queue, rebuilding, workers
from collection.models import ArtworkImage, Collection
from tests import factories, pictures
from tests.collection.iiif.zoomable import a_zoomable, asked, body, make_tiles, shown

pytestmark = pytest.mark.django_db
TILE = "0,0,512,512/max/0/default.jpg"
ANY = ["info.json", TILE, "full/100,/0/default.jpg", ""]


def limited(side_px: int = 1200, **fields: object):
    return factories.a_work(factories.a_collection(public_side_px=side_px), **fields)


def checkerboard(side_px: int) -> bytes:
    """A picture of single black and white pixels. Reduced, it is grey."""
    levels = (np.indices((side_px, side_px)).sum(axis=0) % 2 * 255).astype(np.uint8)
    return pictures.packed(Image.fromarray(levels).convert("RGB"))


def test_the_public_image_is_the_original_reduced_to_the_limit(media):
    image = a_zoomable(limited(), size=(2400, 1600))

    info = asked(image, "info.json").json()

    assert (info["width"], info["height"]) == (info["maxWidth"], info["maxHeight"]) == (1200, 800)
    assert shown(image, "full/max/0/default.png").size == (1200, 800)
    assert asked(image, "full/1201,/0/default.jpg").status_code == 400


def test_no_region_shows_pixels_of_the_original(media):
    image = a_zoomable(limited(), data=checkerboard(2048))

    for parameters in ("0,0,300,300/max", "0,0,300,300/^1200,1200", "pct:0,0,5,5/^max", "square/max", "full/600,"):
        darkest, lightest = shown(image, f"{parameters}/0/gray.png").getextrema()
        assert lightest - darkest < 60  # single pixels of the original are black and white
    assert asked(image, "1500,1500,300,300/max/0/default.png").status_code == 400


def test_where_the_limit_permits_it_the_pixels_of_the_original_are_shown(media):
    image = a_zoomable(limited(4096), data=checkerboard(2048))

    darkest, lightest = shown(image, "1500,1500,300,300/max/0/gray.png").getextrema()

    assert lightest - darkest > 200


def test_a_lower_limit_holds_at_once_and_the_tiles_are_made_again(media, client):
    image = a_zoomable(limited(2000), size=(2400, 1600))
    before = shown(image, "full/max/0/default.jpg").size
    lower(image.collection, 1200)

    at_once = [asked(image, parameters).status_code for parameters in ("info.json", TILE)]
    rebuilding.queue_resized()
    derivative_jobs.run_pyramids()

    assert before == (2000, 1333)
    assert at_once == [404, 404]
    assert shown(image, "full/max/0/default.jpg").size == (1200, 800)
    assert [path.name for path in pyramids.path_of(reloaded(image)).parent.glob("zoom-*")] == ["zoom-1200.tif"]


def lower(collection: Collection, side_px: int) -> list[str]:
    """Change the limit as an administrator does. Return what the page says."""
    client = Client()
    client.force_login(factories.a_user(is_superuser=True))
    form = {"slug": collection.slug, "title": collection.title, "is_public": "on", "public_side_px": side_px}
    answer = client.post(f"/admin/collection/collection/{collection.pk}/change/", form)
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)]


def reloaded(image: ArtworkImage) -> ArtworkImage:
    return ArtworkImage.objects.select_related("artwork__collection").get(pk=image.pk)


def test_only_pictures_that_the_limit_concerns_are_prepared_again(media):
    work = limited(2000)
    large, small = a_zoomable(work, size=(2400, 1600)), a_zoomable(work, size=(1300, 900))

    said = lower(work.collection, 1500)
    rebuilding.queue_resized()

    assert any(text.startswith("1 picture will be prepared") for text in said)
    assert job_queue.left(job_queue.PYRAMID) == 1
    assert asked(small, TILE).status_code == 200
    assert asked(large, TILE).status_code == 404


def test_the_request_that_changes_a_limit_leaves_the_jobs_to_a_worker(
    media, broker, django_capture_on_commit_callbacks
):
    image = a_zoomable(limited(2000), size=(2400, 1600))

    with django_capture_on_commit_callbacks(execute=True):
        lower(image.collection, 1500)

    assert job_queue.left(job_queue.PYRAMID) == 0
    assert broker.tasks() == [workers.QUEUE_RESIZED]


def test_a_change_whose_message_was_lost_is_found_by_the_repair(media, broker):
    image = a_zoomable(limited(2000), size=(2400, 1600))
    lower(image.collection, 1500)

    derivative_jobs.repair()

    assert workers.QUEUE_RESIZED in broker.tasks()


def test_the_pictures_of_a_changed_limit_are_queued_in_batches_until_none_is_left(media, monkeypatch):
    monkeypatch.setattr(rebuilding, "RESIZED_BATCH", 2)
    collection = factories.a_collection(public_side_px=2000)
    for number in range(5):
        a_zoomable(factories.a_work(collection), size=(2100 + number, 300))
    lower(collection, 1500)

    rebuilding.queue_some_resized()
    after_one = job_queue.left(job_queue.PYRAMID)
    rebuilding.queue_resized()

    assert after_one == 2
    assert job_queue.left(job_queue.PYRAMID) == 5
    assert not rebuilding.queue_some_resized()


def test_two_changes_in_a_row_queue_the_pictures_of_both(media):
    work = limited(2400)
    a_zoomable(work, size=(2400, 1600))
    a_zoomable(work, size=(1600, 1200))
    lower(work.collection, 1500)

    lower(work.collection, 2000)
    rebuilding.queue_resized()

    assert job_queue.left(job_queue.PYRAMID) == 2


@pytest.mark.parametrize("side_px", [0, 1199, 16_001])
def test_the_database_refuses_limits_out_of_range(side_px):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.a_collection(public_side_px=side_px)


def test_collections_that_share_a_file_have_each_their_own_limit(media):
    data = pictures.packed(pictures.painted(2400, 1600), "PNG")
    low, high = a_zoomable(limited(1200), data), a_zoomable(limited(2000), data)

    make_tiles(low)

    assert shown(low, "full/max/0/default.jpg").size == (1200, 800)
    assert shown(high, "full/max/0/default.jpg").size == (2000, 1333)


@pytest.mark.parametrize("parameters", ANY)
def test_a_tile_that_was_kept_is_gone_once_its_work_is_withdrawn(client, media, parameters):
    image = a_zoomable()
    published = client.get(address(image, parameters)).status_code
    image.artwork.is_published = False
    image.artwork.save()

    withdrawn = client.get(address(image, parameters))
    client.force_login(factories.a_user(curates=image.collection))
    curated = client.get(address(image, parameters))

    assert published in (200, 303)
    assert withdrawn.status_code == 404
    assert b"There is no picture with this address." in body(withdrawn)
    assert curated.status_code == published
    if curated.status_code == 200:
        assert curated["Cache-Control"] == "private, no-store"


def address(image: ArtworkImage, parameters: str) -> str:
    return f"/iiif/3/{image.pk}/{parameters}".rstrip("/")


def hide_collection(image: ArtworkImage) -> None:
    Collection.objects.update(is_public=False)


def merge_away(image: ArtworkImage) -> None:
    image.artwork.merged_into = factories.a_work()
    image.artwork.save()


def delete(image: ArtworkImage) -> None:
    ArtworkImage.objects.get(pk=image.pk).delete()


@pytest.mark.parametrize("change", [hide_collection, merge_away, delete])
@pytest.mark.parametrize("parameters", ANY)
def test_pictures_of_hidden_merged_or_deleted_works_are_not_found(client, media, change, parameters):
    image = a_zoomable()
    client.get(address(image, TILE))
    pk = image.pk
    change(image)
    image.pk = pk

    answer = client.get(address(image, parameters))

    assert answer.status_code == 404


def test_a_hidden_picture_answers_as_one_that_does_not_exist(client, media):
    image = a_zoomable(factories.a_work(is_published=False))

    for parameters in (
        *ANY,
        "9000,0,1,1/max/0/default.jpg",
        "full/^9999,/0/default.jpg",
        "full/nonsense/0/default.jpg",
    ):
        hidden, unknown = client.get(address(image, parameters)), client.get(f"/iiif/3/999999/{parameters}".rstrip("/"))
        assert (hidden.status_code, body(hidden)) == (unknown.status_code, body(unknown))


def test_a_public_picture_asks_one_query(media, django_assert_num_queries):
    image = a_zoomable()

    for parameters in ("info.json", TILE, TILE, "1,1,90,90/max/0/default.jpg"):
        with django_assert_num_queries(1):
            assert asked(image, parameters).status_code == 200
