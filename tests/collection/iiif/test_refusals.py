"""What the image service refuses: the errors of the standard, in plain text."""

import pytest

from tests.collection.iiif.zoomable import a_zoomable, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(media):
    return a_zoomable(size=(1500, 1000))


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ("2000,0,10,10/max/0/default.jpg", 400),
        ("0,0,0,10/max/0/default.jpg", 400),
        ("pct:0,0,1000000000,10/max/0/default.jpg", 400),
        ("pct:101,0,10,10/max/0/default.jpg", 400),
        ("full/0,/0/default.jpg", 400),
        ("full/pct:0/0/default.jpg", 400),
        ("full/pct:101/0/default.jpg", 400),
        ("full/1501,/0/default.jpg", 400),
        ("full/^1501,/0/default.jpg", 400),
        ("full/full/0/default.jpg", 400),
        ("full/max/361/default.jpg", 400),
        ("full/max/-90/default.jpg", 400),
        ("full/max/0/grey.jpg", 400),
        ("full/max/0/default.tif", 400),
        ("full/max/0/default.%00", 400),
        ("%00/max/0/default.jpg", 400),
        ("0,0,10,10%2F10,/max/0/default.jpg", 404),
        ("full/max/0/default", 404),
        ("full/max/0", 404),
    ],
)
def test_what_cannot_be_answered_is_refused_in_plain_text(image, parameters, status):
    answer = asked(image, parameters)

    assert answer.status_code == status
    if status == 400:
        assert answer["Content-Type"].startswith("text/plain")
        assert answer["Cache-Control"] == "no-cache"
        assert answer.content.decode().endswith(".\n")


@pytest.mark.parametrize(
    "identifier", ["0", "01", "-1", "1.0", "٣", "99999999999999999999", "a%2Fb", "..%2F..%2Fetc", "%5Bfrob%5D", "1%00"]
)
@pytest.mark.parametrize("rest", ["", "/info.json", "/full/max/0/default.jpg"])
def test_an_unknown_identifier_is_not_found(client, image, identifier, rest):
    assert client.get(f"/iiif/3/{identifier}{rest}").status_code == 404


def test_nothing_can_be_sent_to_the_service(client, image):
    assert client.post(f"/iiif/3/{image.pk}/info.json").status_code == 405
