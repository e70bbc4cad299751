"""Answers of the image service: info.json, pictures, headers, errors."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from collection import imaging
from tests import factories, pictures
from tests.collection.iiif.zoomable import a_zoomable, asked, body, shown

pytestmark = pytest.mark.django_db
CONTEXT = "http://iiif.io/api/image/3/context.json"


@pytest.fixture
def image(media):
    return a_zoomable(size=(1500, 1000))


def test_info_json_states_what_can_be_requested(client, media):
    work = factories.a_work(rights_uri="https://creativecommons.org/publicdomain/zero/1.0/")
    image = a_zoomable(work, size=(1501, 1000))

    answer = asked(image, "info.json")

    assert json.loads(answer.content) == {
        "@context": CONTEXT,
        "id": f"http://testserver/iiif/3/{image.pk}",
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": 1501,
        "height": 1000,
        "maxWidth": 1501,
        "maxHeight": 1000,
        "maxArea": 16_777_216,
        "sizes": [
            {"width": 376, "height": 250},
            {"width": 751, "height": 500},
            {"width": 1501, "height": 1000},
        ],
        "tiles": [{"width": 512, "height": 512, "scaleFactors": [1, 2, 4]}],
        "extraFormats": ["webp"],
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": [
            "canonicalLinkHeader",
            "mirroring",
            "profileLinkHeader",
            "rotationArbitrary",
            "sizeUpscaling",
        ],
        "rights": "http://creativecommons.org/publicdomain/zero/1.0/",
    }


def test_only_rights_that_the_standard_knows_are_stated(media):
    image = a_zoomable(factories.a_work(rights_uri="https://museum.example/terms"))

    assert "rights" not in asked(image, "info.json").json()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        (f'application/ld+json;profile="{CONTEXT}"', "application/ld+json"),
        ("application/json", "application/json"),
        ("application/json, */*;q=0.1", "application/json"),
        ("application/json;q=0.5, application/ld+json", "application/ld+json"),
        ("text/html,*/*;q=0.8", "application/ld+json"),
        ("nonsense", "application/ld+json"),
    ],
)
def test_the_type_of_info_json_is_negotiated(client, image, accept, kind):
    answer = client.get(f"/iiif/3/{image.pk}/info.json", headers={} if accept is None else {"Accept": accept})

    assert answer["Content-Type"].startswith(kind)
    assert (f'profile="{CONTEXT}"' in answer["Content-Type"]) == (kind == "application/ld+json")
    assert "Accept" in answer["Vary"].split(", ")


def test_the_base_uri_leads_to_info_json(client, image):
    answer = client.get(f"/iiif/3/{image.pk}")

    assert (answer.status_code, answer["Location"]) == (303, f"/iiif/3/{image.pk}/info.json")


@pytest.mark.parametrize("path", ["", "/info.json", "/full/100,/0/default.jpg", "/full/0,/0/default.jpg"])
def test_pages_of_other_sites_may_read_every_answer(client, image, path):
    answer = client.get(f"/iiif/3/{image.pk}{path}")
    beforehand = client.options(f"/iiif/3/{image.pk}{path}")

    assert answer["Access-Control-Allow-Origin"] == beforehand["Access-Control-Allow-Origin"] == "*"
    assert beforehand.status_code == 204
    assert "GET" in beforehand["Access-Control-Allow-Methods"]


def test_links_name_the_profile_and_the_canonical_address(image):
    answer = asked(image, "pct:0,0,50,50/!300,300/360/color.jpg")

    profile = '<http://iiif.io/api/image/3/level2.json>;rel="profile"'
    address = f"http://testserver/iiif/3/{image.pk}"
    assert answer["Link"] == f'<{address}/0,0,750,500/300,200/0/default.jpg>;rel="canonical", {profile}'
    assert asked(image, "info.json")["Link"] == profile


@pytest.mark.parametrize("parameters", ["512,512,512,488/max/0/default.jpg", "1,2,300,200/77,/0/default.jpg"])
def test_who_has_an_answer_already_gets_no_second_copy(client, image, parameters):
    first = asked(image, parameters)

    again = client.get(f"/iiif/3/{image.pk}/{parameters}", headers={"If-None-Match": first["ETag"]})
    other = asked(image, parameters.replace("/0/", "/90/"))

    assert (again.status_code, body(again)) == (304, b"")
    assert first["Cache-Control"] == again["Cache-Control"] == "public, max-age=300"
    assert other["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("parameters", "box", "size"),
    [
        ("full/max", (0, 0, 1500, 1000), (1500, 1000)),
        ("full/375,", (0, 0, 1500, 1000), (375, 250)),
        ("full/600,500", (0, 0, 1500, 1000), (600, 500)),
        ("square/,80", (250, 0, 1250, 1000), (80, 80)),
        ("1024,512,512,512/max", (1024, 512, 1500, 1000), (476, 488)),
        ("0,0,1024,1000/512,500", (0, 0, 1024, 1000), (512, 500)),
        ("101,203,450,309/150,103", (101, 203, 551, 512), (150, 103)),
        ("700,300,20,10/^200,", (700, 300, 720, 310), (200, 100)),
    ],
)
def test_a_region_shows_what_the_picture_has_there(media, parameters, box, size):
    scene = pictures.painted(1500, 1000)
    image = a_zoomable(data=pictures.packed(scene))

    found = shown(image, f"{parameters}/0/default.png")

    assert found.size == size
    assert pictures.difference(found, scene.crop(box).resize(size, Image.Resampling.LANCZOS)) < 3


def test_tiles_of_each_scale_meet_without_a_seam(media):
    image = a_zoomable(size=(1501, 1003))
    info = asked(image, "info.json").json()

    for factor in info["tiles"][0]["scaleFactors"]:
        side = 512 * factor
        laid = Image.new("RGB", (-(-1501 // factor), -(-1003 // factor)))
        for left in range(0, 1501, side):
            for top in range(0, 1003, side):
                wide, high = min(side, 1501 - left), min(side, 1003 - top)
                size = f"{-(-wide // factor)},{-(-high // factor)}"
                tile = shown(image, f"{left},{top},{wide},{high}/{size}/0/default.jpg")
                laid.paste(tile, (left // factor, top // factor))
        full = shown(image, f"full/{laid.width},{laid.height}/0/default.png")
        assert pictures.difference(laid, full) < 2


@pytest.mark.parametrize(
    ("rotation", "turn"),
    [
        ("90", [Image.Transpose.ROTATE_270]),
        ("180", [Image.Transpose.ROTATE_180]),
        ("270", [Image.Transpose.ROTATE_90]),
        ("360", []),
        ("!0", [Image.Transpose.FLIP_LEFT_RIGHT]),
        ("!90", [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_270]),
    ],
)
def test_a_picture_is_mirrored_and_then_turned_clockwise(image, rotation, turn):
    expected = shown(image, "full/300,/0/default.png")
    for step in turn:
        expected = expected.transpose(step)

    found = shown(image, f"full/300,/{rotation}/default.png")

    assert found.size == expected.size
    assert pictures.difference(found, expected) == 0


def test_other_angles_turn_clockwise_and_show_the_whole_picture_on_nothing_or_on_white(image):
    nearly = shown(image, "full/300,/89.9/default.png")
    right = shown(image, "full/300,/90/default.png")
    png, jpg = shown(image, "full/300,/45/default.png"), shown(image, "full/300,/45/default.jpg")

    assert pictures.difference(nearly.convert("RGB").resize(right.size), right) < 12
    assert png.size == jpg.size == pytest.approx((354, 354), abs=3)
    assert (png.mode, png.getpixel((0, 0))[3]) == ("RGBA", 0)
    assert min(jpg.getpixel((0, 0))) > 250


@pytest.mark.parametrize("rotation", ["0", "30"])
@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_every_quality_comes_in_every_format(image, rotation, extension):
    found = {
        quality: shown(image, f"full/200,/{rotation}/{quality}.{extension}").convert("RGB")
        for quality in ("default", "color", "gray", "bitonal")
    }

    pixels = {quality: np.asarray(picture, dtype=int)[60:75, 90:110] for quality, picture in found.items()}
    assert (pixels["default"] == pixels["color"]).all()
    assert np.ptp(pixels["default"], axis=2).max() > 40
    assert np.ptp(pixels["gray"], axis=2).max() <= 2
    assert np.abs(pixels["bitonal"] - 128).min() > 100


@pytest.mark.parametrize(("extension", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_an_answer_has_its_type_and_a_name_of_ours(image, extension, kind):
    answer = asked(image, f"full/100,/0/default.{extension}")

    assert Image.open(io.BytesIO(body(answer))).format == kind
    assert answer["Content-Type"] == f"image/{kind.lower()}"
    assert answer["Content-Disposition"].endswith(f'-1.{extension}"')
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_upright_in_srgb_and_without_metadata(media, orientation):
    data = pictures.photograph(
        orientation,
        pictures.painted(700, 500),
        quality=95,
        icc_profile=pictures.profile_with_red_and_green_exchanged(),
    )
    image = a_zoomable(data=data)

    found = shown(image, "full/max/0/default.png")

    assert found.size == (700, 500)
    assert pictures.difference(found, imaging.open_upright(data)) < 3
    assert not found.getexif()
    assert "icc_profile" not in found.info
