"""Link previews and structured data on the page of a work."""

import json
import re

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def record(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_a_messenger_finds_title_maker_and_picture(client):
    work = factories.a_work(title='A "Vase"', creators=["Ann"], date_display="1640")
    image = factories.an_image(work, width_px=3000, height_px=2000)

    page = client.get(f"{work.get_absolute_url()}?view={image.pk}&lens=look").text

    assert '<meta property="og:title" content="A &quot;Vase&quot;">' in page
    assert '<meta property="og:description" content="Ann, 1640">' in page
    assert f'<meta property="og:image" content="http://testserver/pictures/{image.pk}/1200.jpg">' in page
    assert '<meta property="og:image:width" content="1200">' in page
    assert f'<link rel="canonical" href="http://testserver/works/{work.pk}/">' in page


def test_a_search_engine_finds_the_record(client):
    work = factories.a_work(
        factories.a_collection(title="Prints", institution="Museum"), title="Vase", creators=["Ann", "Unknown maker"],
        year_start=1640, year_end=1650, medium="Faience", rights_uri="https://example.org/terms",
    )  # fmt: skip

    found = record(client.get(work.get_absolute_url()).text)

    assert found["@type"] == "VisualArtwork"
    assert found["name"] == "Vase"
    assert found["creator"] == [{"@type": "Person", "name": "Ann"}]
    assert found["dateCreated"] == "1640/1650"
    assert found["provider"] == {"@type": "Organization", "name": "Museum"}
    assert found["license"] == "https://example.org/terms"
    assert "image" not in found
    assert "description" not in found


@pytest.mark.parametrize(
    ("years", "stated"), [((1640, 1640), "1640"), ((40, 50), "0040/0050"), ((-40, 50), None), ((None, 1640), None)]
)
def test_years_are_written_as_iso_8601_does(client, years, stated):
    work = factories.a_work(year_start=years[0], year_end=years[1])

    assert record(client.get(work.get_absolute_url()).text).get("dateCreated") == stated


def test_no_text_of_a_record_ends_the_script(client):
    title = "</script><script>alert(1)</script><!-- &"
    work = factories.a_work(title=title)

    page = client.get(work.get_absolute_url()).text

    assert record(page)["name"] == title
    assert "<script>alert" not in page
