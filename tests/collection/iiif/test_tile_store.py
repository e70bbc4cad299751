"""Tiles are rendered once and kept. Large answers are rendered one at a time."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from collection.files import pyramids, tile_store
from collection.iiif import rendering
from collection.imaging.streaming import libvips
from tests import pictures
from tests.collection.iiif.test_sizes import plan as planned
from tests.collection.iiif.zoomable import a_zoomable, asked, body

pytestmark = pytest.mark.django_db
TILE = "0,0,512,512/max/0/default.jpg"


def test_a_tile_is_sent_from_the_store_after_its_first_request(media, client):
    image = a_zoomable()
    first = body(asked(image, TILE))
    (kept,) = (media / "tiles").rglob("*.jpg")
    kept.write_bytes(first + b"from the store")

    again = asked(image, TILE)

    assert body(again) == first + b"from the store"
    assert again["Content-Type"] == "image/jpeg"


def test_behind_a_proxy_a_kept_tile_is_named_instead_of_sent(media, settings):
    settings.KINDRED_PICTURE_SERVER = "nginx"
    image = a_zoomable()

    first, again = asked(image, TILE), asked(image, TILE)

    (kept,) = (media / "tiles").rglob("*.jpg")
    assert body(first) == kept.read_bytes()
    assert again["X-Accel-Redirect"] == f"/_media/{kept.relative_to(media)}"
    assert (body(again), again["Access-Control-Allow-Origin"], again["ETag"]) == (b"", "*", first["ETag"])


def test_invented_addresses_are_not_kept(media):
    image = a_zoomable()

    for parameters in ("3,0,512,512/max/0/default.jpg", "full/77,/0/default.jpg", "0,0,512,512/max/1/default.jpg"):
        assert asked(image, parameters).status_code == 200

    assert not (media / "tiles").exists()


def test_new_tiles_replace_kept_ones_once_the_tiled_copy_is_made_again(media):
    image = a_zoomable()
    old = asked(image, TILE)
    (kept,) = (media / "tiles").rglob("*.jpg")
    kept.write_bytes(b"old")

    pyramids.make(image)

    assert body(asked(image, TILE)) == body(old)
    assert asked(image, TILE)["ETag"] != old["ETag"]


def kept_at(*times: float) -> list[Path]:
    """Store tiles of 1000 bytes in one folder, last used at these times. Return their paths."""
    paths = [tile_store.path_of("ab" * 32, f"{number}.jpg") for number in range(len(times))]
    for path, used_at in zip(paths, times, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(1_000))
        os.utime(path, (used_at, used_at))
    return paths


def test_a_full_store_deletes_the_tiles_whose_last_use_is_longest_ago(media, settings):
    settings.KINDRED_TILES_MIB = 1  # 4 KiB for each folder
    paths = kept_at(*range(10))

    was_kept = tile_store.find(paths[0])
    tile_store.prune(media / "tiles" / "ab")

    assert was_kept
    assert [path.exists() for path in paths] == [True] + [False] * 7 + [True] * 2


def test_tiles_that_a_proxy_may_be_opening_are_not_deleted(media, settings):
    settings.KINDRED_TILES_MIB = 1
    paths = kept_at(*[time.time() - 30] * 10)

    tile_store.prune(media / "tiles" / "ab")

    assert all(path.exists() for path in paths)


def test_the_use_of_a_tile_is_noted_once_a_day(media):
    hour_ago, two_days_ago = time.time() - 3_600, time.time() - 2 * 86_400
    recent, old = kept_at(hour_ago, two_days_ago)

    assert tile_store.find(recent)
    assert tile_store.find(old)

    assert recent.stat().st_mtime == pytest.approx(hour_ago, abs=1)
    assert old.stat().st_mtime > hour_ago


def test_a_request_notes_the_use_of_a_kept_tile(media):
    image = a_zoomable()
    asked(image, TILE)
    (kept,) = (media / "tiles").rglob("*.jpg")
    os.utime(kept, (1, 1))

    asked(image, TILE)

    assert kept.stat().st_mtime > 1


def test_without_a_store_tiles_are_rendered_each_time(media, settings):
    settings.KINDRED_TILES_MIB = 0
    image = a_zoomable()

    assert asked(image, TILE).status_code == 200
    assert not (media / "tiles").exists()


def test_a_disk_that_cannot_be_written_keeps_no_tile_and_sends_it(media, caplog):
    image = a_zoomable()
    (media / "tiles").write_bytes(b"in the way")

    assert asked(image, TILE).status_code == 200
    assert "is not kept" in caplog.text


@pytest.mark.parametrize(
    "parameters", ["1,1,90,90/^2890,2890/45/default.png", "1,1,90,90/^2600,/44/gray.webp", "full/100,/0/default.png"]
)
def test_only_tiles_are_rendered_beside_other_answers_that_wait(media, parameters):
    image = a_zoomable(data=pictures.packed(Image.new("RGB", (3000, 3000), "navy")))

    with rendering.places, rendering.places:
        other = asked(image, parameters)
        tile = asked(image, TILE)

    assert (other.status_code, tile.status_code) == (503, 200)


def test_while_large_answers_wait_more_of_them_are_refused_and_tiles_are_sent(media):
    image = a_zoomable(data=pictures.packed(Image.new("RGB", (2600, 2600), "navy")))

    with rendering.places, rendering.places:
        large = asked(image, "full/max/0/default.png")
        tile = asked(image, TILE)
    after = asked(image, "full/max/0/default.png")

    assert (large.status_code, large["Retry-After"]) == (503, "2")
    assert b"Please try again soon." in large.content
    assert (tile.status_code, after.status_code) == (200, 200)


def test_a_process_renders_fewer_answers_at_once_than_it_has_threads(media):
    image = a_zoomable()

    with rendering.renders, rendering.renders, rendering.renders:
        tile = asked(image, TILE)
        info = asked(image, "info.json")
    after = asked(image, TILE)

    assert (tile.status_code, tile["Retry-After"]) == (503, "2")
    assert (info.status_code, after.status_code) == (200, 200)


def test_all_tiles_that_a_viewer_requests_at_once_are_rendered(media):
    path, full = pyramids.path_of(a_zoomable()), (1500, 1000)
    tiles = [planned(f"{left},{top},512,512", "max", full) for left in (0, 512, 1024) for top in (0, 512)]

    with ThreadPoolExecutor(rendering.RENDERS + 1) as threads:
        answers = list(threads.map(lambda tile: rendering.render(path, tile), tiles * 5))

    assert all(answers)


def test_a_tile_is_refused_if_libvips_is_busy_for_long(media, monkeypatch):
    monkeypatch.setattr(rendering, "TILE_WAIT_S", 0.01)
    image = a_zoomable()

    with ThreadPoolExecutor(1) as elsewhere, libvips.one_at_a_time:
        answer = elsewhere.submit(
            rendering.render, pyramids.path_of(image), planned("0,0,512,512", "max", (1500, 1000))
        )
        assert isinstance(answer.exception(), rendering.BusyError)

    assert asked(image, TILE).status_code == 200


@pytest.mark.parametrize(
    "parameters", ["full/2890,/45/default.webp", "full/1,4000/0/default.png", "full/4000,1/0/bitonal.jpg"]
)
def test_the_largest_answers_are_rendered(media, parameters):
    image = a_zoomable(data=pictures.packed(Image.new("RGB", (4000, 4000), "navy"), "JPEG"))

    assert asked(image, parameters).status_code == 200


@pytest.mark.parametrize("size", [(5000, 60), (60, 5000), (513, 512), (16, 16)])
def test_pictures_of_unusual_shapes_have_all_their_tiles(media, size):
    image = a_zoomable(data=pictures.packed(pictures.painted(*size)))
    info = asked(image, "info.json").json()
    width_px, height_px = info["width"], info["height"]

    for factor in info["tiles"][0]["scaleFactors"]:
        for left in range(0, width_px, 512 * factor):
            for top in range(0, height_px, 512 * factor):
                wide, high = min(512 * factor, width_px - left), min(512 * factor, height_px - top)
                scaled = f"{-(-wide // factor)},{-(-high // factor)}"
                assert asked(image, f"{left},{top},{wide},{high}/{scaled}/0/default.jpg").status_code == 200
