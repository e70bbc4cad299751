"""Record in the audit log who signs in, signs out and changes a password."""

from typing import Any

from allauth.account import signals as allauth_signals
from django.contrib.auth import get_user_model, signals
from django.contrib.auth.models import AbstractUser
from django.db.models.signals import post_save
from django.http import HttpRequest

from collection.audit.recording import Actor, Verb, record
from collection.clients import client_of
from config.accounts import lockout


def connect() -> None:
    """Connect the receivers. `lockout` records failures, because it computes the waits after them."""
    signals.user_logged_in.connect(signed_in, dispatch_uid="audit")
    signals.user_logged_out.connect(signed_out, dispatch_uid="audit")
    post_save.connect(password_set, sender=get_user_model(), dispatch_uid="lockout")
    allauth_signals.password_changed.connect(password_changed, dispatch_uid="audit")
    allauth_signals.password_reset.connect(password_reset, dispatch_uid="audit")


def signed_in(request: HttpRequest, user: AbstractUser, **_: Any) -> None:
    note(Verb.SIGNED_IN, request, user)


def signed_out(request: HttpRequest, user: AbstractUser | None, **_: Any) -> None:
    if user is not None:
        note(Verb.SIGNED_OUT, request, user)


def password_changed(request: HttpRequest, user: AbstractUser, **_: Any) -> None:
    note(Verb.PASSWORD_CHANGED, request, user)


def password_set(instance: Any, **_: Any) -> None:
    """Delete the failures of an account that has a new password, for example one that an administrator has set."""
    if getattr(instance, "_password", None) is not None:  # set until Django has saved a new password
        lockout.forget(instance.get_username())


def password_reset(request: HttpRequest, user: AbstractUser, **_: Any) -> None:
    note(Verb.PASSWORD_RESET, request, user)


def note(verb: Verb, request: HttpRequest, user: AbstractUser) -> None:
    record(verb, user, actor=Actor(user.get_username(), user.pk, client_of(request)))
