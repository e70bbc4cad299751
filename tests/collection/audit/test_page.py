"""Superusers read the history by page and as a table, filtered, without a sequential scan of a long log."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from collection.audit import history
from collection.audit.recording import Actor, Verb, record
from collection.models import AuditEntry
from similarity.models import SpaceRequest
from similarity.neighbours import curation
from tests import factories

ANN, BOB = Actor("ann", 1, "192.0.2.1"), Actor("bob", 2)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.a_user("admin", is_superuser=True))
    return client


def labels(answer) -> list[str]:
    return [line.label for line in answer.context["lines"]]


def test_only_superusers_may_read_it(client):
    assert client.get("/audit/")["Location"] == "/login/?next=/audit/"
    client.force_login(factories.a_user(curates=factories.a_collection()))

    assert client.get("/audit/").status_code == 403
    assert client.post("/audit/table.csv").status_code == 403


def test_it_shows_who_changed_what_from_where_and_links_to_it(admin):
    record(Verb.CHANGED, factories.a_work(title="Cliff"), actor=ANN, detail={"fields": {"title": ["Sea", "Cliff"]}})

    page = admin.get("/audit/").text

    for words in ("<strong>ann</strong> changed", "Cliff (1900.", "title: Sea → Cliff", "from 192.0.2.1", "object_id="):
        assert words in page


def test_each_filter_narrows_it(admin):
    cliff, sea = factories.a_work(title="Cliff"), factories.a_work(title="Sea")
    record(Verb.CHANGED, cliff, actor=ANN)
    record(Verb.PUBLISHED, sea, actor=BOB)

    for query, expected in [
        ("who=ann", [cliff]),
        ("verb=published", [sea]),
        (f"kind=work&object_id={cliff.pk}", [cliff]),
        ("words=cliff", [cliff]),
        ("kind=work", [sea, cliff]),
        ("since=2099-01-01", []),
        ("kind=work&until=2099-01-01", [sea, cliff]),
    ]:
        assert labels(admin.get(f"/audit/?{query}")) == [str(work) for work in expected], query


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-02-31",
        "since=0001-01-01",
        "until=9999-12-31",
        "until=0001-01-01",
        "object_id=x",
        "after=x@y@z",
        "after=2026-02-31@a@1",
        "verb=flew",
        "kind=%00",
    ],
)
def test_a_wrong_filter_or_mark_is_no_error(admin, query: str):
    assert admin.get(f"/audit/?{query}").status_code == 200


def test_the_last_day_of_the_calendar_admits_every_line(admin):
    record(Verb.CHANGED, kind="work", label="Cliff")

    assert "Cliff" in labels(admin.get("/audit/?until=9999-12-31"))


def test_lines_about_any_model_can_be_followed(admin):
    record(Verb.ASKED, SpaceRequest(pk=3), label="a space")
    record(Verb.ASKED, SpaceRequest(pk=4), label="another space")
    record(Verb.CHANGED, kind="work", label="Cliff")

    page = admin.get("/audit/?kind=spacerequest&object_id=3")

    assert labels(page) == ["a space"]
    assert '<option value="spacerequest" selected>' in page.text


def test_pages_show_every_line_once_also_of_the_same_moment(admin):
    AuditEntry.objects.bulk_create(AuditEntry(verb="changed", kind="work", label=f"work {n}") for n in range(120))

    found, address = [], "/audit/?kind=work"
    while address and len(found) < 1000:
        answer = admin.get(address)
        found += labels(answer)
        address = f"/audit/?{answer.context['next']}" if answer.context["next"] else ""

    assert found == [f"work {n}" for n in reversed(range(120))]


def test_pins_and_bans_are_shown_from_their_own_log(admin):
    work, neighbour = factories.a_work(title="Cliff"), factories.a_work(title="Sea")
    curator = factories.a_user("ann", curates=work.collection)
    curation.pin(work, neighbour, curator)

    lines = admin.get("/audit/?verb=pinned").context["lines"]

    assert [(line.who, line.label, line.said) for line in lines] == [
        ("ann", str(neighbour), [f"in the list of: {work}"])
    ]
    assert not AuditEntry.objects.filter(verb="pinned").exists()
    assert "pinned" in admin.get("/audit/?who=ann").text


def test_the_table_has_every_line_without_formulas_and_its_export_is_recorded(admin):
    record(Verb.CHANGED, kind="work", label="=cmd|' /C calc'!A0", actor=ANN)
    record(Verb.CHANGED, kind="work", label="other", actor=BOB)

    answer = admin.post("/audit/table.csv?who=ann")
    header, row = csv.reader(io.StringIO(answer.getvalue().decode(), newline=""))

    assert answer["Content-Disposition"].startswith('attachment; filename="audit-')
    assert dict(zip(header, row, strict=True))["label"] == "'=cmd|' /C calc'!A0"
    exported = AuditEntry.objects.latest("pk")
    assert (exported.user_name, exported.verb, exported.detail) == ("admin", "exported", {"who": "ann"})


def test_a_get_exports_nothing(admin):
    assert admin.get("/audit/table.csv").status_code == 405


@pytest.mark.parametrize(
    "filters",
    [
        history.Filters(),
        history.Filters(who="ann"),
        history.Filters(verb="published"),
        history.Filters(kind="work", object_id=77),
        history.Filters(words="unique77"),
    ],
)
def test_a_page_deep_in_a_long_log_is_read_by_an_index(filters: history.Filters):
    fill(20_000)
    last = (AuditEntry.objects.order_by("pk")[10_000].at, "audit", 10_000)
    rows = history.AUDIT.rows(filters).filter(history.after("audit", *last)).order_by("-at", "-pk")[: history.PAGE + 1]

    plan = rows.explain()

    assert "Seq Scan" not in plan, plan


def fill(count: int) -> None:
    """Add entries at different times, without waiting for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO collection_auditentry"
            " (at, user_name, client, verb, kind, object_id, label, detail, request_id)"
            " SELECT now() - n * interval '1 minute', 'user' || n %% 20, '', 'changed', 'work', n, 'unique' || n,"
            " '{}', ''"
            " FROM generate_series(1, %s) AS n",
            [count],
        )
        cursor.execute("ANALYZE collection_auditentry")


def test_a_german_page_has_german_keys_and_the_table_stays_english(admin):
    detail = {"works": 25, "curators": {"added": ["ann"]}, "fields": {"title": ["Old", "New"]}}
    record(Verb.CHANGED, kind="collection", label="Prints", detail=detail, actor=ANN)
    german = {"Accept-Language": "de"}

    with translation.override(None):  # or the language of the requests would stay for the tests that follow
        page = admin.get("/audit/?who=ann", headers=german).text
        table = admin.post("/audit/table.csv?who=ann", headers=german).getvalue().decode()

    assert all(text in page for text in ("Werke: 25", "Kuratierende hinzugefügt: ann", "Titel: Old → New"))
    assert "works: 25; title: Old → New; curators added: ann" in table


def test_what_a_german_administrator_changed_is_stored_in_english(admin):
    with translation.override(None):
        admin.post("/admin/auth/group/add/", {"name": "interns"}, headers={"Accept-Language": "de"})

    assert AuditEntry.objects.latest("pk").detail == {"admin": "Added."}
