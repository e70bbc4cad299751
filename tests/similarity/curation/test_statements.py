"""Who may pin and ban which works, the log of it, and two curators who act at once."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client

from similarity.models import CuratedNeighbour, CurationLogEntry
from similarity.neighbours import curation
from similarity.neighbours.curation import Kind
from tests import factories

pytestmark = pytest.mark.django_db


def log() -> list[tuple[str, int, int, str]]:
    """Action, work, neighbour and curator, in the order of writing."""
    return list(CurationLogEntry.objects.order_by("pk").values_list("action", "work_id", "neighbour_id", "curator"))


@pytest.fixture
def other(collection):
    return factories.a_work(collection)


@pytest.fixture
def work(collection):
    """A work without vectors: pins and bans need none."""
    return factories.a_work(collection)


def test_every_change_is_logged_with_who_and_which_pair(work, other, curator):
    colleague = factories.a_user("bob", curates=work.collection)

    curation.pin(work, other, curator)
    curation.withdraw(Kind.PIN, work, other, colleague)
    curation.ban(work, other, colleague)
    curation.withdraw(Kind.BAN, work, other, curator)

    assert log() == [
        ("pinned", work.pk, other.pk, "ada"),
        ("unpinned", work.pk, other.pk, "bob"),
        ("banned", work.pk, other.pk, "bob"),
        ("unbanned", work.pk, other.pk, "ada"),
    ]
    assert CurationLogEntry.objects.first().work_name == str(work)
    assert not CuratedNeighbour.objects.exists()


def test_repeating_a_pin_changes_and_logs_nothing(work, other, curator):
    curation.pin(work, other, curator)
    first = CuratedNeighbour.objects.get()

    curation.pin(work, other, factories.a_user("bob", curates=work.collection))

    again = CuratedNeighbour.objects.get()
    assert (again.decided_at, again.decided_by) == (first.decided_at, curator)
    assert len(log()) == 1


def test_withdrawing_a_pin_that_does_not_exist_changes_and_logs_nothing(work, other, curator):
    curation.ban(work, other, curator)

    curation.withdraw(Kind.PIN, work, other, curator)  # from a page that is older than the ban

    assert CuratedNeighbour.objects.get().kind == Kind.BAN
    assert [action for action, *_ in log()] == ["banned"]


def test_a_pin_that_contradicts_a_ban_is_refused_and_the_refusal_names_its_author(work, other, curator):
    curation.ban(work, other, curator)

    with pytest.raises(
        curation.ContradictionError, match="ada has already decided that this work does not belong here"
    ):
        curation.pin(work, other, factories.a_user(curates=work.collection))

    assert CuratedNeighbour.objects.get().kind == Kind.BAN
    assert len(log()) == 1


def test_only_curators_of_the_first_work_may_pin_or_ban(work, other, curator):
    curation.pin(work, other, curator)
    elsewhere = factories.a_user(curates=factories.a_collection())

    for user in (AnonymousUser(), factories.a_user(), elsewhere):
        for act in (curation.pin, curation.ban):
            with pytest.raises(PermissionDenied):
                act(work, other, user)
        with pytest.raises(PermissionDenied):
            curation.withdraw(Kind.PIN, work, other, user)
    assert len(log()) == 1


def test_a_work_of_another_collection_may_be_named_if_the_curator_sees_it(work, curator):
    public = factories.a_work()
    hidden = factories.a_work(factories.a_collection(is_public=False))

    curation.pin(work, public, curator)
    with pytest.raises(curation.NeighbourNotVisibleError):
        curation.ban(work, hidden, curator)

    assert log() == [("pinned", work.pk, public.pk, "ada")]


@pytest.mark.parametrize("act", [curation.pin, curation.ban])
def test_no_work_is_its_own_neighbour(work, curator, act):
    with pytest.raises(curation.SameWorkError):
        act(work, work, curator)
    with pytest.raises(IntegrityError), transaction.atomic():
        CuratedNeighbour.objects.create(work=work, neighbour=work, kind=Kind.PIN)


def test_the_database_holds_one_decision_for_a_pair_and_one_for_its_reverse(work, other, curator):
    curation.pin(work, other, curator)
    curation.ban(other, work, curator)

    with pytest.raises(IntegrityError), transaction.atomic():
        CuratedNeighbour.objects.create(work=work, neighbour=other, kind=Kind.BAN)
    assert CuratedNeighbour.objects.count() == 2


def test_no_more_works_are_pinned_than_the_page_shows(work, other, curator):
    pinned = [factories.a_work(work.collection) for _ in range(curation.PINS_LIMIT)]
    for neighbour in pinned:
        curation.pin(work, neighbour, curator)

    with pytest.raises(curation.TooManyPinsError):
        curation.pin(work, other, curator)
    curation.pin(work, pinned[0], curator)  # a second click on one of them
    curation.ban(work, other, curator)

    assert CuratedNeighbour.objects.filter(kind=Kind.PIN).count() == curation.PINS_LIMIT


@pytest.mark.parametrize(
    "change", [lambda: CurationLogEntry.objects.update(curator="eve"), lambda: CurationLogEntry.objects.all().delete()]
)
def test_the_database_refuses_to_change_the_log(work, other, curator, change):
    curation.pin(work, other, curator)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()

    assert len(log()) == 1


def test_the_log_outlives_the_works_and_the_curator(work, other, curator):
    curation.pin(work, other, curator)
    written = log()

    other.delete()
    curator.delete()

    assert not CuratedNeighbour.objects.exists()
    assert log() == written


def test_a_ban_outlives_the_account_of_its_author(work, other, curator):
    curation.ban(work, other, curator)
    curator.delete()

    with pytest.raises(curation.ContradictionError, match="A former colleague has already decided"):
        curation.pin(work, other, factories.a_user(curates=work.collection))


def test_administrators_read_the_log_and_cannot_write_it(work, other, curator, admin_client: Client):
    curation.pin(work, other, curator)
    entry = CurationLogEntry.objects.get()
    address = "/admin/similarity/curationlogentry/"

    assert other.title in admin_client.get(address, {"q": "ada"}).text
    assert admin_client.get(f"{address}add/").status_code == 403
    assert admin_client.post(f"{address}{entry.pk}/change/", {"curator": "eve"}).status_code == 403
    assert admin_client.post(f"{address}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_training_pairs_are_the_pins_and_bans_that_were_not_withdrawn(work, other, curator):
    like, withdrawn = factories.a_work(work.collection), factories.a_work(work.collection)
    curation.ban(work, other, curator)
    curation.pin(work, like, curator)
    curation.pin(work, withdrawn, curator)
    curation.withdraw(Kind.PIN, work, withdrawn, curator)

    assert list(curation.training_pairs()) == [(work.pk, other.pk, False), (work.pk, like.pk, True)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("acts", [(curation.pin, curation.pin), (curation.pin, curation.ban)])
def test_of_two_who_decide_at_once_one_is_logged(collection, curator, acts):
    work, other = factories.a_work(collection), factories.a_work(collection)
    start = threading.Barrier(2)
    refusals = []

    def decide(act) -> None:
        start.wait()
        try:
            act(work, other, curator)
        except curation.ContradictionError as error:
            refusals.append(error)
        finally:
            connection.close()

    curators = [threading.Thread(target=decide, args=(act,)) for act in acts]
    for thread in curators:
        thread.start()
    for thread in curators:
        thread.join()

    assert CuratedNeighbour.objects.count() == len(log()) == 1
    assert len(refusals) == (acts[0] != acts[1])
