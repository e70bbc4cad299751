"""The manifest of a work: its record and its views for viewers of other sites, as far as the visitor may see them."""

import json

import pytest

from collection.models import Artwork
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def work() -> Artwork:
    return factories.a_work(
        title="Vase", creators=["Ann", "Unknown maker"], medium="Faience", credit_line="Gift of Ben",
        description="With a crack.", rights_uri="https://creativecommons.org/publicdomain/zero/1.0/",
    )  # fmt: skip


def asked(client, work: Artwork):
    return client.get(f"/iiif/presentation/3/{work.pk}/manifest.json")


def test_a_manifest_has_the_record_and_a_canvas_for_each_view(client, work):
    front = factories.an_image(work, view_label="front", width_px=3000, height_px=2000)
    back = factories.an_image(work, width_px=9000, height_px=3000)

    answer = asked(client, work)
    found = answer.json()

    address = f"http://testserver/iiif/presentation/3/{work.pk}"
    assert answer["Content-Type"] == 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (found["id"], found["type"]) == (f"{address}/manifest.json", "Manifest")
    assert found["label"] == {"none": ["Vase"]}
    assert {"label": {"en": ["Maker"], "de": ["Urheber"]}, "value": {"none": ["Ann"]}} in found["metadata"]
    assert found["summary"] == {"none": ["With a crack."]}
    assert found["requiredStatement"]["value"] == {"none": ["Gift of Ben"]}
    assert found["rights"] == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert found["homepage"][0]["id"] == f"http://testserver/works/{work.pk}/"
    assert [(one["id"], one["width"], one["height"]) for one in found["items"]] == [
        (f"{address}/canvas/{front.pk}", 3000, 2000),
        (f"{address}/canvas/{back.pk}", 4096, 1365),
    ]
    assert found["items"][0]["label"] == {"none": ["front"]}
    annotation = found["items"][1]["items"][0]["items"][0]
    assert annotation["target"] == f"{address}/canvas/{back.pk}"
    assert annotation["body"]["id"] == f"http://testserver/iiif/3/{back.pk}/full/max/0/default.jpg"
    assert annotation["body"]["service"][0]["id"] == f"http://testserver/iiif/3/{back.pk}"


def test_the_language_of_the_request_changes_nothing(client):
    work = factories.a_work(title="")
    factories.an_image(work)

    english, german = (client.get(f"/iiif/presentation/3/{work.pk}/manifest.json", headers=headers)
                       for headers in ({}, {"Accept-Language": "de"}))  # fmt: skip

    assert english.content == german.content
    assert english.json()["label"] == {"en": ["Untitled"], "de": ["Ohne Titel"]}
    assert "rights" not in english.json()
    assert client.get(english.json()["id"], headers={"If-None-Match": english["ETag"]}).status_code == 304


def test_views_that_are_not_ready_are_left_out_and_a_work_without_views_has_no_manifest(client, work):
    assert asked(client, work).status_code == 404
    ready, _ = factories.an_image(work), factories.an_image(work, is_ready=False)

    assert [one["id"].rpartition("/")[2] for one in asked(client, work).json()["items"]] == [str(ready.pk)]


@pytest.mark.parametrize("hidden", [{"is_published": False}, {"collection": "closed"}])
def test_a_hidden_work_has_no_manifest(client, hidden):
    if "collection" in hidden:
        hidden = {"collection": factories.a_collection(is_public=False)}
    work = factories.a_work(**hidden)
    factories.an_image(work)

    answer, unknown = asked(client, work), client.get("/iiif/presentation/3/999999/manifest.json")

    assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content)
    assert answer.status_code == 404
    client.force_login(factories.a_user(curates=work.collection))
    assert json.loads(asked(client, work).content)["type"] == "Manifest"


def test_the_manifest_of_a_merged_record_is_that_of_the_work_it_was_merged_into(client, work):
    factories.an_image(work)
    alias = factories.a_work(work.collection, merged_into=work)

    answer = asked(client, alias)

    assert (answer.status_code, answer["Location"]) == (302, f"/iiif/presentation/3/{work.pk}/manifest.json")


def test_a_manifest_takes_as_many_queries_with_many_views(client, work, django_assert_max_num_queries):
    for _ in range(12):
        factories.an_image(work)

    with django_assert_max_num_queries(3):
        assert len(asked(client, work).json()["items"]) == 12
