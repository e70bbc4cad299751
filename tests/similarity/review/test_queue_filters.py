"""The queue is filtered by what its address says; what an address cannot mean is left out, and the page says so."""

import pytest
from django.http import QueryDict

from collection.models import Upload
from similarity.duplicates.review.queue_filters import Filters
from similarity.models import DuplicatePair, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def found(query: str) -> set[DuplicatePair]:
    return set(Filters.from_query(QueryDict(query)).apply(DuplicatePair.objects.all()))


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("kind=mirrored", {"kind": "mirrored"}),
        ("kind=unknown", {"kind": ""}),
        ("rule=features", {"rule": "features"}),
        ("signal=twin_bits", {"signals": {"twin_bits": 3, "hash_bits": 9}}),
        ("suggested=similar", {"suggested": Verdict.SIMILAR}),
    ],
)
def test_a_filter_admits_the_pairs_that_have_its_value(query: str, fields: dict[str, object]):
    a_pair(kind="reencoded", rule="registration", signals={"hash_bits": 9})
    wanted = a_pair(**{"kind": "reencoded", "rule": "registration"} | fields)

    assert found(query) == {wanted}


def test_pairs_are_filtered_by_the_collection_of_either_picture():
    prints, maps = factories.a_collection(slug="prints"), factories.a_collection(slug="maps")
    within = a_pair(prints)
    low, high = (factories.an_image(factories.a_work(each)) for each in (maps, prints))
    across = a_pair(low=low, high=high)
    a_pair(maps)

    assert found("collection=prints") == {within, across}


def test_pairs_are_filtered_by_who_uploaded_either_picture():
    ada, ben = factories.a_user("ada"), factories.a_user("ben")
    first, second, third = a_pair(), a_pair(), a_pair()
    for user, image, refusal in ((ada, first.low, ""), (ada, second.high, ""), (ben, third.low, ""),
                                 (ada, third.high, "This file is already held.")):  # fmt: skip
        upload = Upload.objects.create(collection=image.collection, uploaded_by=user)
        upload.files.create(name="picture.jpg", image=image, refusal=refusal)

    assert found(f"uploader={ada.pk}") == {first, second}
    assert found(f"uploader={ben.pk}") == {third}


def test_several_filters_admit_what_matches_all_of_them():
    prints = factories.a_collection(slug="prints")
    wanted = a_pair(prints, kind="mirrored")
    a_pair(prints, kind="detail")
    a_pair(kind="mirrored")

    assert found("collection=prints&kind=mirrored") == {wanted}


@pytest.mark.parametrize(
    "query",
    [
        "kind=perhaps", "rule=%00", "signal=signals__has_key", "uploader=-1", "uploader=99999999999999999999999",
        "uploader=٣", "suggested=undecided", "collection=%00", "collection=a%20b", f"collection={'x' * 300}",
    ],
)  # fmt: skip
def test_an_invalid_value_filters_nothing_and_is_named(query: str):
    pair = a_pair()

    filters = Filters.from_query(QueryDict(query))
    answer = signed_in(is_superuser=True).get(f"/review/?{query}")

    assert set(filters.apply(DuplicatePair.objects.all())) == {pair}
    assert filters.query_string == ""
    assert filters.problem in answer.text
    assert "is not filtered by" in filters.problem
    assert answer.status_code == 200


def test_the_filters_are_written_into_an_address_as_they_were_read():
    query = "collection=prints&kind=unknown&uploader=7"

    assert Filters.from_query(QueryDict(query)).query_string == query
    assert Filters.from_query(QueryDict("after=3")).query_string == ""


def test_the_queue_keeps_its_filters_on_the_next_page():
    for _ in range(14):
        a_pair(kind="mirrored")
    a_pair(kind="detail")
    reviewer = signed_in(is_superuser=True)

    first = reviewer.get("/review/?kind=mirrored")
    more = reviewer.get(f"/review/?kind=mirrored&after={first.context['more_after']}", headers={"HX-Request": "true"})

    shown = [*first.context["pairs"], *more.context["pairs"]]
    assert len(shown) == 14
    assert {pair.kind for pair in shown} == {"mirrored"}
    assert f"/review/?kind=mirrored&amp;after={first.context['more_after']}" in first.text
