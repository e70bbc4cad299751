"""The sitemap names every work that everybody may see, in parts that stay small."""

import re

import pytest
from django.test import Client

from config.serving import sitemaps
from tests import factories

pytestmark = pytest.mark.django_db


def addresses(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    return re.findall("<loc>http://testserver(.*?)</loc>", answer.text)


def test_robots_txt_names_the_sitemap(client):
    assert "\nSitemap: http://testserver/sitemap.xml\n" in client.get("/robots.txt").text


def test_the_sitemap_lists_pages_collections_and_works(client):
    collection = factories.a_collection(slug="prints")
    works = [factories.a_work(collection) for _ in range(2)]

    assert addresses(client, "/sitemap.xml") == ["/sitemap-pages.xml", "/sitemap-collections.xml", "/sitemap-works.xml"]
    assert addresses(client, "/sitemap-pages.xml") == ["/", "/browse/", "/paths/"]
    assert addresses(client, "/sitemap-collections.xml") == ["/collections/prints/"]
    assert addresses(client, "/sitemap-works.xml") == [f"/works/{work.pk}/" for work in works]


def test_works_are_listed_in_parts_without_gaps_between_them(client, monkeypatch):
    collection = factories.a_collection()
    works = [factories.a_work(collection, is_published=number not in (2, 3, 4, 5)) for number in range(9)]
    monkeypatch.setattr(sitemaps, "RANGE", works[-1].pk // 2 + 1)

    parts = [part for part in addresses(client, "/sitemap.xml") if "works" in part]
    listed = [address for part in parts for address in addresses(client, part)]

    assert listed == [work.get_absolute_url() for work in works if work.is_published]
    assert [re.search(r"p=(\d+)|$", part)[1] for part in parts] == [None, *map(str, range(2, len(parts) + 1))]
    assert len(parts) == 2
    assert client.get(f"/sitemap-works.xml?p={len(parts) + 1}").status_code == 404


@pytest.mark.parametrize("query", ["works.xml?p=0", "works.xml?p=-1", "works.xml?p=x", "other.xml"])
def test_unknown_parts_are_not_found(client, query):
    factories.a_work()

    assert client.get(f"/sitemap-{query}").status_code == 404


def test_a_collection_without_works_has_an_empty_part(client):
    assert addresses(client, "/sitemap-works.xml") == []
