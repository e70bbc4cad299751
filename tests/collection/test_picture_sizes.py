"""Pages state how wide a picture is shown, and when browsers load it."""

import pytest

from tests.factories import a_work, an_image

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((400, 1000), "(min-width: 48rem) 7.5rem, 4.5rem"),
        ((1000, 1000), "(min-width: 48rem) 15.0rem, 9.0rem"),
        ((2000, 1000), "(min-width: 48rem) 30.0rem, 10.0rem"),
        ((9000, 1000), "(min-width: 48rem) 37.5rem, 10.0rem"),
    ],
)
def test_a_browser_learns_how_wide_a_picture_of_its_shape_is_in_a_row(client, size, expected):
    an_image(a_work(), width_px=size[0], height_px=size[1])

    page = client.get("/browse/").text

    assert f'sizes="{expected}"' in page


def test_only_the_first_pictures_of_a_list_are_loaded_before_they_come_into_view(client):
    for _ in range(6):
        an_image(a_work())

    page = client.get("/browse/").text

    assert page.count('<img src="/pictures/') == 6
    assert page.count('loading="lazy"') == 2
    assert page.count('fetchpriority="high"') == 4
