"""People change and reset their passwords themselves. A reset never says whether an address has an account."""

import re
import subprocess
import sys

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client

from collection.models import AuditEntry
from config import env
from tests import factories
from tests.config.accounts.trying import attempt, is_in, right
from tests.config.joining import ROOT

NEW = "a longer word than before"
ASKED = "/account/password/reset/"


@pytest.fixture(autouse=True)
def _ann(db: None, settings) -> None:
    settings.KINDRED_SENDS_LINKS = True
    user = factories.a_user("ann")
    user.email = "ann@museum.example"
    user.save()


def link() -> str:
    return re.search(r"https?://testserver(\S+)", mail.outbox[-1].body)[1]


def ask(address: str = "ann@museum.example", remote: str = "192.0.2.1"):
    return Client().post(ASKED, {"email": address}, follow=True, REMOTE_ADDR=remote)


def test_a_curator_changes_the_password_and_stays_signed_in(client):
    client.post("/login/", {"username": "ann", "password": factories.PASSWORD})

    answer = client.post(
        "/account/password/", {"oldpassword": factories.PASSWORD, "password1": NEW, "password2": NEW}, follow=True
    )

    assert "Your password has been changed." in answer.text
    assert "Sign out" in answer.text
    assert is_in(attempt("ann", NEW))
    assert AuditEntry.objects.filter(user_name="ann", verb="changed the password").count() == 1


@pytest.mark.parametrize(
    ("old", "first", "second", "sentence"),
    [
        ("wrong", NEW, NEW, "This is not your current password."),
        (factories.PASSWORD, NEW, f"{NEW}!", "You must type the same password each time."),
        (factories.PASSWORD, "short", "short", "too short"),
    ],
)
def test_a_wrong_change_is_refused_in_a_sentence(client, old: str, first: str, second: str, sentence: str):
    client.post("/login/", {"username": "ann", "password": factories.PASSWORD})

    answer = client.post("/account/password/", {"oldpassword": old, "password1": first, "password2": second})

    assert sentence in answer.text
    assert is_in(right("ann"))


def test_the_tries_to_change_a_password_are_limited(client):
    client.post("/login/", {"username": "ann", "password": factories.PASSWORD})
    wrong = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}

    answers = [client.post("/account/password/", wrong) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Too many tries." in answers[-1].text


def test_a_reset_by_email_sets_the_password_and_ends_the_wait():
    for _ in range(5):
        attempt("ann")
    ask()
    browser = Client()
    page = browser.get(link(), follow=True)

    browser.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    assert is_in(attempt("ann", NEW))
    assert AuditEntry.objects.filter(user_name="ann", verb="reset the password").count() == 1


def test_a_link_works_once():
    ask()
    first, browser = link(), Client()
    browser.post(browser.get(first, follow=True).redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    answer = Client().get(first, follow=True)

    assert "This link no longer works." in answer.text


def test_a_reset_answers_alike_for_every_address():
    known, unknown = ask(), ask("nobody@museum.example")

    assert known.text == unknown.text
    assert [message.to for message in mail.outbox] == [["ann@museum.example"], ["nobody@museum.example"]]
    assert "No account has this address" in mail.outbox[1].body


def test_an_address_that_was_replaced_resets_nothing():
    ask()
    old_link = link()
    user = User.objects.get(username="ann")
    user.email = "ann@new.example"
    user.save()

    ask("ann@museum.example")

    assert "No account has this address" in mail.outbox[-1].body
    assert "This link no longer works." in Client().get(old_link, follow=True).text
    assert not EmailAddress.objects.exists()
    assert not admin.site.is_registered(EmailAddress)


def test_the_link_goes_to_the_address_as_the_account_has_it():
    ask("ANN@museum.EXAMPLE")

    assert mail.outbox[-1].to == ["ann@museum.example"]
    assert "/account/password/reset/key/" in mail.outbox[-1].body


def test_a_closed_account_is_not_reset():
    User.objects.update(is_active=False)

    ask()

    assert "No account has this address" in mail.outbox[-1].body


def test_resets_are_limited_by_account():
    answers = [ask(remote=f"192.0.2.{number}") for number in range(4)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429]


def test_resets_are_limited_by_client():
    answers = [ask(f"user{number}@museum.example") for number in range(4)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429]


def test_hundreds_of_invented_addresses_do_not_push_a_limit_out():
    for number in range(3):
        ask(remote=f"192.0.2.{number}")
    for number in range(400):
        cache.set(f"invented{number}", [1], 3600)

    assert ask(remote="192.0.2.9").status_code == 429


def test_without_a_mail_server_the_page_says_who_sets_a_password(settings):
    settings.KINDRED_SENDS_LINKS = False

    answer, sign_in = ask(), Client().get("/login/")

    assert answer.status_code == 404
    assert "Ask an administrator to set a new password" in answer.text
    assert "Forgotten" not in sign_in.text
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, False),
        ({"KINDRED_EMAIL_URL": "smtp://mail.example.org"}, True),
        ({"KINDRED_DEBUG": "true"}, True),
        ({"DATABASE_URL": "postgresql://postgres@%2Fhome%2Fann/kindred", "REDIS_URL": "unix:///home/ann/redis"}, True),
    ],
)
def test_links_are_sent_where_a_mail_server_is_named(values: dict[str, str], expected: bool):
    servers = {"DATABASE_URL": "postgresql://db.example.org/kindred", "REDIS_URL": "redis://localhost:6379/0"}
    say = "from django.conf import settings; print(settings.KINDRED_SENDS_LINKS)"
    said = subprocess.run(
        [sys.executable, "-c", say], env=env.inherited(**servers | values),
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip

    assert said.stdout.strip() == str(expected)


@pytest.mark.parametrize("address", ["ann@museum.example", "nobody@museum.example"])
def test_a_mail_server_that_is_away_is_a_sentence(settings, address: str):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = ask(address)

    assert answer.status_code == 503
    assert "The message could not be sent." in answer.text


def test_the_limits_need_no_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert ask().status_code == 200
    assert "redis" not in django_settings.CACHES["default"]["BACKEND"]


def test_nobody_signs_up(client):
    answer = client.post("/account/new/", {"username": "eve", "password1": NEW})

    assert answer.status_code == 405
    assert "Administrators create the accounts." in client.get("/account/new/").text


def test_the_pages_are_private(client):
    client.force_login(factories.a_user())

    assert client.get("/account/password/")["Cache-Control"] == "private, no-store"
