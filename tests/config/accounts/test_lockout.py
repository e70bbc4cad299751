"""Wrong passwords are limited by account and address, and an owner elsewhere is not kept out by strangers."""

import io
import threading

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from collection.models import AuditEntry
from config import tasks
from config.accounts import lockout
from tests import factories
from tests.config.accounts.trying import attempt, is_in, later, right


@pytest.fixture(autouse=True)
def _ann(db: None) -> None:
    factories.a_user("ann")


def test_the_fifth_wrong_password_has_to_wait_and_says_how_long():
    answers = [attempt("ann") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "Please wait 60 seconds" in answers[-1].text
    assert answers[-1]["Retry-After"] == "60"
    assert not is_in(right("ann"))


def test_the_wait_ends_and_the_right_password_forgets_the_failures():
    for _ in range(5):
        attempt("ann")
    later(61)

    assert is_in(right("ann"))
    assert not AccessAttempt.objects.exists()


def test_each_further_failure_doubles_the_wait_up_to_an_hour():
    for _ in range(5):
        answer = attempt("ann")
    waits_s = []
    for _ in range(7):
        later(int(answer["Retry-After"]))
        answer = attempt("ann")
        waits_s.append(int(answer["Retry-After"]))

    assert waits_s == [120, 240, 480, 960, 1920, 3600, 3600]


def test_a_try_that_has_to_wait_is_not_hashed_and_not_counted(monkeypatch):
    for _ in range(5):
        attempt("ann")
    hashed = []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *words: hashed.append(words) or "")

    answers = [right("ann") for _ in range(20)]

    assert {answer.status_code for answer in answers} == {429}
    assert hashed == []
    assert AccessAttempt.objects.get().failures_since_start == 5


def test_spellings_of_a_name_count_together():
    for name in ("ann", "ANN", "Ann", " ann", "ａｎｎ"):
        answer = attempt(name)

    assert answer.status_code == 429


def test_a_name_without_an_account_is_answered_alike():
    for _ in range(6):
        known, unknown = attempt("ann"), attempt("nobody", address="192.0.2.2")
        assert known.status_code == unknown.status_code

    assert "Please wait" in unknown.text


def test_addresses_of_one_ipv6_network_count_together():
    for last in range(5):
        answer = attempt("ann", address=f"2001:db8::{last + 1:x}")

    assert answer.status_code == 429
    assert is_in(right("ann", "2001:db8:0:1::1"))


def test_strangers_do_not_keep_the_owner_out_who_comes_from_a_known_address():
    right("ann", "198.51.100.7")
    for stranger in range(13):
        for _ in range(4):
            attempt("ann", address=f"192.0.2.{stranger}")

    assert not is_in(right("ann", "203.0.113.9")), "from a new address it has to wait"
    assert is_in(right("ann", "198.51.100.7"))


def test_the_wait_of_an_account_that_many_addresses_try_stays_short():
    assert lockout.ACCOUNT.wait_s(lockout.ACCOUNT.free + 100) == 15 * 60


def test_one_address_that_tries_many_accounts_has_to_wait_for_all():
    for number in range(lockout.ADDRESS.free):
        attempt(f"user{number}")

    assert not is_in(right("ann"))
    assert is_in(right("ann", "192.0.2.2"))


def test_others_at_a_shared_address_do_not_keep_out_who_has_signed_in_from_it():
    right("ann")
    factories.a_user("bob")
    for number in range(lockout.ADDRESS.free):
        attempt(f"user{number}")

    assert not is_in(right("bob"))
    assert is_in(right("ann"))


def test_a_new_password_from_an_administrator_ends_the_wait(client):
    for _ in range(5):
        attempt("ann")
    ann = User.objects.get(username="ann")
    client.force_login(factories.a_user("admin", is_superuser=True))

    new = {
        "password1": "a longer word than before",
        "password2": "a longer word than before",
        "usable_password": "true",
    }
    client.post(f"/admin/auth/user/{ann.pk}/password/", new)

    assert is_in(attempt("ann", "a longer word than before"))


def test_another_change_of_an_account_keeps_the_wait():
    for _ in range(5):
        attempt("ann")

    User.objects.get(username="ann").save()

    assert not is_in(right("ann"))


def test_the_admin_has_no_door_of_its_own(client):
    answer = client.post("/admin/login/", {"username": "ann", "password": "wrong"})

    assert answer["Location"] == "/login/?next=%2Fadmin%2F"


def test_who_is_no_staff_is_refused_by_the_admin_in_a_sentence(client):
    client.force_login(factories.a_user())

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "for administrators" in answer.text


def test_failures_and_lockouts_are_recorded_without_the_name_of_no_account():
    attempt("hunter2, which is a password in the wrong field")
    for _ in range(5):
        attempt("ann", address="2001:db8::1")

    lines = list(AuditEntry.objects.filter(kind="account").order_by("pk").values_list("verb", "label", "client"))

    assert lines == [
        ("failed to sign in to", "(no such account)", "192.0.2.1"),
        *[("failed to sign in to", "ann", "2001:db8::/64")] * 5,
        ("was locked out of", "ann", "2001:db8::/64"),
    ]


def test_signing_in_and_out_are_recorded(client):
    client.post("/login/", {"username": "ann", "password": factories.PASSWORD})
    client.post("/logout/")

    verbs = AuditEntry.objects.filter(user_name="ann").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["signed in", "signed out"]


def test_nothing_that_is_typed_is_stored():
    attempt("hunter2, a password in the wrong field")

    stored = str(list(AccessAttempt.objects.values()))
    assert "hunter2" not in stored


def test_tries_that_no_longer_count_are_deleted():
    attempt("nobody")
    later(lockout.KEPT.total_seconds() + 1)
    attempt("ann", address="192.0.2.2")

    tasks.forget_tries()

    assert AccessAttempt.objects.get().ip_address == "192.0.2.2"


@pytest.mark.parametrize("words", [("axes_reset_username", "Ann"), ("axes_reset_ip", "192.0.2.1"), ("axes_reset",)])
def test_an_administrator_ends_a_wait_by_a_command(words: tuple[str, ...]):
    for _ in range(5):
        attempt("ann")

    call_command(*words, stdout=io.StringIO())

    assert is_in(right("ann"))


def test_the_command_for_one_account_leaves_the_others():
    attempt("bob")

    call_command("axes_reset_username", "ann", stdout=io.StringIO())

    assert AccessAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_no_more_are_checked_than_are_allowed(monkeypatch):
    checked, barrier = [], threading.Barrier(12)
    verify = MD5PasswordHasher.verify
    monkeypatch.setattr(MD5PasswordHasher, "verify", lambda *words: checked.append(1) or verify(*words))

    def race() -> None:
        barrier.wait()
        attempt("ann")
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(checked) == lockout.PAIR.free
