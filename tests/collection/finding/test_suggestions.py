"""Suggestions while typing: numbers, makers and titles, only of works that this person may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from tests.factories import a_collection, a_user, a_work

pytestmark = pytest.mark.django_db


def suggested(client, q: str) -> list[str]:
    """Return lines such as "Claude Monet Maker"."""
    page = client.get("/browse/suggestions/", {"q": q})
    assert page.status_code == 200
    return [" ".join(strip_tags(line).split()) for line in page.text.splitlines() if "role=" in line]


def test_numbers_makers_and_titles_are_suggested_by_the_beginnings_of_their_words(client):
    a_work(title="Monument", creators=["Claude Monet"], accession_number="M 19.3")
    a_work(title="Harmony", creators=["István Halmágyi", "Edmond Monnier"])

    assert suggested(client, "mon") == ["Claude Monet Maker", "Edmond Monnier Maker", "Monument Title"]
    assert suggested(client, "monet cl") == ["Claude Monet Maker"]
    assert suggested(client, "halmagy") == ["István Halmágyi Maker"]
    assert suggested(client, "m19") == suggested(client, "M 19.") == ["M 19.3 Number"]
    assert suggested(client, "armony") == []


def test_the_makers_of_most_works_come_first_then_by_name(client):
    for creators in (["Mo Zeh"], ["Mo Beh"], ["Mo Ah", "Mo Zeh"]):
        a_work(title="Vase", creators=creators)

    assert suggested(client, "mo") == ["Mo Zeh Maker", "Mo Ah Maker", "Mo Beh Maker"]


def test_a_suggestion_leads_to_its_work_its_maker_or_all_works_of_a_title(client):
    work = a_work(title="Monument", creators=["Ann Mo"], accession_number="77.1")
    a_work(title="Mono")
    a_work(title="Mono")

    page = client.get("/browse/suggestions/?q=mo").text

    assert 'data-url="/browse/?creator=Ann+Mo"' in page
    assert 'data-url="/browse/?q=Mono"' in page
    assert f'data-url="{work.get_absolute_url()}"' in page
    assert f'data-url="{work.get_absolute_url()}"' in client.get("/browse/suggestions/?q=771").text
    assert "<mark>Mono</mark>" in page


def test_nothing_of_a_work_that_is_not_on_view_is_suggested(client):
    reserve = a_collection(is_public=False)
    for fields in ({"is_published": False}, {"is_ready": False}, {"collection": reserve}):
        a_work(title="Secret", creators=["Sec Maker"], **fields, accession_number=f"SEC.{len(fields)}{[*fields]}")

    assert suggested(client, "sec") == suggested(client, "sec.1") == []

    client.force_login(a_user(curates=reserve))
    assert suggested(client, "sec") == ["Sec Maker Maker", "Secret Title"]


@pytest.mark.parametrize(
    "q", ["", "a", "!", "🎨", "\0\0", "x" * 10_000, "' & |", "a b c d e f g h i j k l m n o p q r s"]
)
def test_odd_texts_have_no_suggestions(client, q):
    a_work(title="Vase")

    assert suggested(client, q) == []


def test_titles_with_script_are_suggested_as_text(client):
    a_work(title="<script>alert(1)</script>", creators=['"><b>scripter</b>'])

    page = client.get("/browse/suggestions/?q=script").text

    assert "<script" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


def test_suggestions_take_at_most_two_queries(client, django_assert_max_num_queries):
    a_work(title="Vase 19")

    with django_assert_max_num_queries(2):
        response = client.get("/browse/suggestions/?q=19")

    assert response.status_code == 200


def test_numbers_are_read_from_their_index_in_order_and_never_computed(client):
    for number in ("20.1", "M 19.3", "19.4", "19.04", "19-A"):
        a_work(accession_number=number)

    with CaptureQueriesContext(connection) as queries:
        shown = suggested(client, "19")
    (sql,) = (query["sql"] for query in queries if "LIKE" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert shown == ["19.04 Number", "19.4 Number", "19-A Number"]
    assert "number_key >= '19'" in plan
    assert "kindred_number" not in plan
