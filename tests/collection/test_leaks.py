"""No address of the gallery shows hidden works: drafts, works of a closed collection, merged records."""

import pytest
from django.test import Client

from collection.imaging.palette import colour_cells
from collection.models import Artwork
from tests import factories
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db

RED = "b3261e"
FIELDS = {"creators": ["Ada"], "title": "Hidden", "year_start": 1640, "year_end": 1640, "culture": "Dutch"}


@pytest.fixture
def shown() -> Artwork:
    """A work on view, beside hidden works of the same maker, century, colour and look."""
    collection = factories.a_collection()
    work = embedded_work(collection, 0.0, **{**FIELDS, "title": "Shown"})
    closed = factories.a_collection(is_public=False)
    hidden = [
        embedded_work(collection, 0.1, is_published=False, **FIELDS),
        embedded_work(closed, 0.1, **FIELDS),
        embedded_work(collection, 0.1, merged_into=work, **FIELDS),
    ]
    cells = colour_cells.cells_near(RED, colour_cells.TOLERANCES["narrow"])
    for each in (work, *hidden):
        each.images.update(colour_cells=cells)
    return work


@pytest.mark.parametrize(
    "address",
    [
        "/", "/browse/", f"/browse/?colour={RED}", "/browse/?century=17", "/browse/?culture=Dutch", "/browse/?q=hidden",
        "/browse/suggestions/?q=hid", "/works/{pk}/", "/works/{pk}/around/", "/works/{pk}/similar/",
        "/works/{pk}/more/", "/works/{pk}/compare/{pk}/", "/trail/?works={all}", "/trail/strip/?works={all}",
        "/favourites/?works={all}", "/iiif/presentation/3/{pk}/manifest.json", "/sitemap-works.xml",
    ],
)  # fmt: skip
def test_hidden_works_are_nowhere(client: Client, shown: Artwork, address: str):
    everything = ",".join(str(pk) for pk in Artwork.objects.values_list("pk", flat=True))

    response = client.get(address.format(pk=shown.pk, all=everything))

    assert response.status_code == 200
    assert "Hidden" not in response.text
    for work in Artwork.objects.exclude(pk=shown.pk):
        assert f"/works/{work.pk}/" not in response.text


def test_hidden_works_are_compared_with_nothing(client: Client, shown: Artwork):
    for work in Artwork.objects.filter(title="Hidden", merged_into=None):
        assert client.get(f"/works/{shown.pk}/compare/{work.pk}/").status_code == 404
        assert client.get(f"/works/{work.pk}/around/").status_code == 404
        assert client.get(f"/works/{work.pk}/more/").status_code == 404
