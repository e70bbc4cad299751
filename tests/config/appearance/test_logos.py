"""Logos: the checks of every picture, and a small PNG."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from collection.models import Appearance, Logo
from config.appearance import logos
from tests import pictures
from tests.config.appearance import looks

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (SVG, "SVG drawing"),
        (b"<!doctype html><script>alert(1)</script>", "HTML page"),
        (pictures.png_claiming(60_000, 60_000), "megapixels"),
        (pictures.png_claiming(3_000, 2_000), "at most 4 megapixels"),
        (pictures.png_claiming(1_700, 100), "at most 16 times"),
        (looks.painted_logo() + bytes(2**20), "at most 1 MiB"),
        (looks.painted_logo()[:-40], "damaged"),
    ],
)
def test_a_file_that_is_no_small_picture_is_refused_in_a_sentence(administrator: Client, data: bytes, reason: str):
    answer = administrator.post(looks.ADD, looks.form(logo_file=looks.sent(data)))

    assert reason in looks.problems(answer)
    assert (Appearance.objects.count(), Logo.objects.count()) == (0, 0)


def test_a_logo_keeps_its_transparency_and_loses_its_metadata():
    notes = PngInfo()
    notes.add_text("Author", "somebody")
    file = BytesIO()
    Image.open(BytesIO(looks.painted_logo((1600, 300)))).save(file, "PNG", pnginfo=notes)

    logo = logos.converted(file.getvalue())

    picture = Image.open(BytesIO(logo.png))
    assert (picture.size, (logo.width_px, logo.height_px), picture.mode) == ((800, 150), (800, 150), "RGBA")
    assert picture.getpixel((799, 0))[3] == 0
    assert b"somebody" not in logo.png


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "I;16"])
def test_pictures_of_every_mode_become_a_logo(mode: str):
    picture = Image.new("L", (64, 32), 255)
    picture.paste(0, (0, 0, 32, 32))
    converted = Image.new("I;16", (64, 32), 40_000) if mode == "I;16" else picture.convert(mode.replace("PA", "P"))
    file = BytesIO()
    converted.save(file, "PNG", **({"transparency": 0} if mode == "PA" else {}))

    logo = logos.converted(file.getvalue())

    assert (logo.width_px, logo.height_px) == (64, 32)
    assert Image.open(BytesIO(logo.png)).mode in {"RGB", "RGBA"}


def test_a_published_logo_is_in_the_header_of_every_page_and_may_be_kept_for_a_year(administrator: Client):
    files = {"logo_file": looks.sent(looks.painted_logo()), "logo_dark_file": looks.sent(looks.painted_logo((60, 60)))}
    administrator.post(looks.ADD, looks.form(name="Museum of Tides", logo_has_name="on", _publish="yes", **files))
    visitor = Client()

    page = visitor.get("/browse/").text
    urls = [f"/appearance/{logo.sha256}.png" for logo in Logo.objects.all()]
    answers = [visitor.get(url) for url in urls]

    assert len(urls) == 2
    assert all(url in page for url in urls)
    assert 'alt="Museum of Tides"' in page
    assert {(answer.status_code, answer["Content-Type"]) for answer in answers} == {(200, "image/png")}
    assert {answer["Cache-Control"] for answer in answers} == {"public, max-age=31536000, immutable"}
    assert visitor.get(urls[0], headers={"If-None-Match": answers[0]["ETag"]}).status_code == 304


def test_the_form_shows_the_logo_that_it_keeps(administrator: Client):
    before = looks.a_published(logo=looks.a_logo())

    page = administrator.get(looks.ADD).text

    assert before.logo is not None
    assert f'<img src="/appearance/{before.logo.sha256}.png" height="40" alt="logo">' in page


def test_the_logo_of_a_deleted_version_is_no_longer_served(administrator: Client):
    earlier = looks.a_published(logo=looks.a_logo())
    looks.a_published(name="Museum of Ebb")
    address = f"/appearance/{earlier.logo.sha256}.png"

    administrator.post(f"/admin/collection/appearance/{earlier.pk}/delete/", {"post": "yes"})

    assert Client().get(address).status_code == 404


def test_a_logo_is_removed_on_request(administrator: Client):
    looks.a_published(logo=looks.a_logo())

    administrator.post(looks.ADD, looks.form(removes_logo="on"))

    assert Appearance.objects.get(state=Appearance.State.DRAFT).logo is None
