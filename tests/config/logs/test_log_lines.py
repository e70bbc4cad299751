"""One line for each request, which names the request, the user and the time, and holds no secret."""

import json
import logging
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config import env
from config.logs import log_lines
from tests import factories
from tests.broker import connect
from tests.config.logs.lines import written

pytestmark = pytest.mark.django_db


def test_a_request_is_one_line_with_its_user_status_and_duration(client):
    user = factories.a_user()
    client.force_login(user)

    with written() as log:
        client.get("/browse/?q=cliff", REMOTE_ADDR="2001:db8::1")

    (line,) = log.lines
    assert (line["request"], line["code"], line["user_id"]) == ("GET /browse/?q=cliff", 200, user.pk)
    assert line["client"] == "2001:db8::/64"
    assert line["duration_ms"] >= 0
    assert len(line["request_id"]) == 36


def test_lines_of_other_packages_have_the_form_and_the_request(client):
    with written() as log:
        client.post("/login/", {"username": "nobody", "password": "wrong"})

    failed, finished = log.lines
    assert failed["logger"] == "config.accounts.lockout"
    assert failed["request_id"] == finished["request_id"]


@pytest.mark.parametrize(("address", "code"), [("/works/999999/", 404), ("/spaces/", 403)])
def test_a_refusal_is_one_line_without_a_traceback_and_no_warning(client, address: str, code: int):
    client.force_login(factories.a_user())

    with written() as log:
        client.get(address)

    (line,) = log.lines
    assert (line["code"], line["level"]) == (code, "info")
    assert "exception" not in line


def test_an_error_is_one_line_with_its_traceback_and_without_values(monkeypatch):
    def broken(*_: object) -> None:
        secret_value = "hunter2"
        raise RuntimeError(len(secret_value))

    monkeypatch.setattr("collection.queries.recent", broken)

    with written() as log:
        Client(raise_request_exception=False).get("/")

    (line,) = log.lines
    assert (line["event"], line["code"], line["level"]) == ("request_failed", 500, "error")
    assert line["exception"][0]["exc_type"] == "RuntimeError"
    assert "hunter2" not in log.text


def test_health_checks_have_no_lines(client):
    with written() as log:
        client.get("/healthz")

    assert log.lines == []


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_line_holds_a_password_or_a_token(client, form: str):
    user = factories.a_user("ann")
    token = "k3Yw-aSecretTokenOfAPicture_0123456789abcdef"

    with written(form) as log:
        client.post("/login/", {"username": "ann", "password": "hunter2"})
        client.get(f"/search/picture/{token}/")
        client.get("/account/password/reset/key/1-abc123-0123456789abcdef/")
        logging.getLogger("other").warning(
            "No answer from redis://kindred:hunter2@redis:6379/0", extra={"token": token}
        )

    for secret in ("hunter2", token, "abc123-0123456789abcdef", user.password):
        assert secret not in log.text
    assert "/search/picture/***/" in log.text


def test_a_message_to_a_worker_carries_the_request_and_the_user_but_no_address(client, broker, media):
    collection = factories.a_collection()
    user = factories.a_user(curates=collection)
    client.force_login(user)
    file = SimpleUploadedFile("cliff.jpg", factories.painted(1))
    with written() as log, pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda wake, **_: wake())
        client.post(reverse("upload", args=[collection.slug]), {"files": file})

    with connect() as redis:
        headers = json.loads(redis.lrange("work", 0, -1)[0])["headers"]
    (line,) = log.requests()
    assert headers["__django_structlog__"] == {"request_id": line["request_id"], "user_id": user.pk}


def test_workers_write_the_lines_of_tasks():
    from django_structlog.celery.steps import DjangoStructLogInitStep

    from config.celery import app

    assert DjangoStructLogInitStep in app.steps["worker"]


def test_the_line_of_a_task_names_it_and_the_request_that_asked_for_it():
    from django_structlog.celery.receivers import CeleryReceiver

    from collection.tasks import sweep as task

    receiver = CeleryReceiver()
    with written() as log:
        task.push_request(__django_structlog__={"request_id": "r1", "user_id": 7})
        receiver.receiver_task_prerun("t1", task)
        receiver.receiver_task_success(sender=task)
        task.pop_request()

    (line,) = log.lines
    assert (line["task"], line["task_id"], line["request_id"], line["user_id"]) == (task.name, "t1", "r1", 7)
    assert line["duration_ms"] >= 0


def test_a_text_line_is_for_people():
    with written("text") as log:
        logging.getLogger("museum").warning("The door is open: %s", "north")

    assert log.text[20:] == "WARNING museum: The door is open: north\n"


def test_a_worker_loads_nothing_of_sentry_unless_it_is_asked_to():
    words = "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)"

    def loads(**settings: str) -> str:
        run = subprocess.run(
            [sys.executable, "-c", words], env=env.inherited(**settings), capture_output=True, text=True, check=True
        )
        return run.stdout.strip()

    assert loads() == "False"
    assert loads(KINDRED_SENTRY_DSN="https://key@sentry.example/1") == "True"


def test_what_goes_to_sentry_has_no_token():
    from config.logs import errors_to_sentry

    event = {"request": {"url": "https://art.example/search/picture/abcdefgh12345678/"}, "tags": ["ok"]}

    assert errors_to_sentry.clean(event, {})["request"]["url"] == "https://art.example/search/picture/***/"


def test_the_token_of_every_address_with_one_is_hidden():
    token = "abcdefgh-12345678_ABCDEFGH-12345678_abcdefg"
    addresses = [
        reverse("search-picture-results", args=[token]),
        reverse("search-picture-copy", args=[token]),
        reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": token}),
    ]

    assert [token in log_lines.without_secrets(address) for address in addresses] == [False] * 3
