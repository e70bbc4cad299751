"""The record and the colours of a work lead to other works with the same values."""

import pytest

from tests.factories import a_work, an_image

pytestmark = pytest.mark.django_db


def test_the_colours_of_a_picture_lead_to_works_with_each_of_them(client):
    image = an_image(palette=[[50.0, 60.0, 40.0, 0.7], [90.0, 0.0, 0.0, 0.3]])

    text = client.get(image.artwork.get_absolute_url()).text

    first, second = (colour.hex for colour in image.colours)
    assert text.index(f'href="/browse/?colour={first}"') < text.index(f'href="/browse/?colour={second}"')
    assert "70 % of this picture" in text
    assert "style=" not in text


def test_the_record_leads_to_works_with_the_same_values(client):
    work = a_work(
        medium="oil & tempera", department="Paintings", culture="Dutch", date_display="c. 1640", year_start=1635
    )

    text = client.get(work.get_absolute_url()).text

    for query in ("medium=oil%20%26%20tempera", "department=Paintings", "culture=Dutch", "century=17"):
        assert f'href="/browse/?{query}"' in text
        assert work.title in client.get(f"/browse/?{query}").text


def test_a_date_without_a_year_leads_nowhere(client):
    work = a_work(date_display="undated")

    assert "century=" not in client.get(work.get_absolute_url()).text
