"""Tries to sign in, from any address, at any time."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client

from tests import factories


def attempt(name: str, password: str = "wrong", address: str = "192.0.2.1"):
    """The answer to one try with a fresh browser."""
    return Client().post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def right(name: str, address: str = "192.0.2.1"):
    return attempt(name, factories.PASSWORD, address)


def is_in(answer) -> bool:
    return answer.status_code == 302


def later(seconds: int) -> None:
    """Let time pass for all failures so far."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=seconds))
