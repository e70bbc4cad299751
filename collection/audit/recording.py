"""Record who did what. Call `record` in the transaction of the change, so that both are stored or neither."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_noop, pgettext_lazy

from collection.clients import client_of
from collection.models import AuditEntry

SERVER = "(server)"  # commands and workers
LABEL_LIMIT_CHARS = 500
KINDS = {
    "artwork": gettext_noop("work"),
    "artworkimage": gettext_noop("picture"),
    "duplicatepair": gettext_noop("pair"),
    "duplicatecase": gettext_noop("case"),
    "reviewbatch": gettext_noop("batch"),
    "groupname": gettext_noop("group"),
    "user": gettext_noop("account"),
}


class Verb(StrEnum):
    """What happened. The values are stored, and translated where they are shown."""

    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "failed to sign in to"
    LOCKED_OUT = "was locked out of"
    SIGNED_OUT = "signed out"
    PASSWORD_CHANGED = "changed the password"  # noqa: S105 - not a password
    PASSWORD_RESET = "reset the password"  # noqa: S105
    ADDED = "added"
    CHANGED = "changed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrew"
    DELETED = "deleted"
    UPLOADED = "uploaded"
    RESTORED = "replaced the damaged original of"
    IMPORTED = "imported"
    DECIDED = "decided"
    TAKEN_BACK = "took back"
    ASKED = "asked for"
    ACTIVATED = "activated"
    RETIRED = "retired"
    EXPORTED = "exported"
    MERGED = "merged"
    UNMERGED = "took apart"
    RELATED = "related"
    UNRELATED = "removed the relation of"


# In every language after the name of a person, and before the name of an object.
SHOWN_VERBS = {
    Verb.SIGNED_IN: pgettext_lazy("audit log", "signed in"),
    Verb.SIGN_IN_FAILED: pgettext_lazy("audit log", "failed to sign in to"),
    Verb.LOCKED_OUT: pgettext_lazy("audit log", "was locked out of"),
    Verb.SIGNED_OUT: pgettext_lazy("audit log", "signed out"),
    Verb.PASSWORD_CHANGED: pgettext_lazy("audit log", "changed the password"),
    Verb.PASSWORD_RESET: pgettext_lazy("audit log", "reset the password"),
    Verb.ADDED: pgettext_lazy("audit log", "added"),
    Verb.CHANGED: pgettext_lazy("audit log", "changed"),
    Verb.PUBLISHED: pgettext_lazy("audit log", "published"),
    Verb.WITHDRAWN: pgettext_lazy("audit log", "withdrew"),
    Verb.DELETED: pgettext_lazy("audit log", "deleted"),
    Verb.UPLOADED: pgettext_lazy("audit log", "uploaded"),
    Verb.RESTORED: pgettext_lazy("audit log", "replaced the damaged original of"),
    Verb.IMPORTED: pgettext_lazy("audit log", "imported"),
    Verb.DECIDED: pgettext_lazy("audit log", "decided"),
    Verb.TAKEN_BACK: pgettext_lazy("audit log", "took back"),
    Verb.ASKED: pgettext_lazy("audit log", "asked for"),
    Verb.ACTIVATED: pgettext_lazy("audit log", "activated"),
    Verb.RETIRED: pgettext_lazy("audit log", "retired"),
    Verb.EXPORTED: pgettext_lazy("audit log", "exported"),
    Verb.MERGED: pgettext_lazy("audit log", "merged"),
    Verb.UNMERGED: pgettext_lazy("audit log", "took apart"),
    Verb.RELATED: pgettext_lazy("audit log", "related"),
    Verb.UNRELATED: pgettext_lazy("audit log", "removed the relation of"),
}


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where."""

    user_name: str = SERVER
    user_id: int | None = None
    client: str = ""


def this_process() -> Actor:
    """Return the actor of a worker, or of a command of manage.py, with the command's name."""
    program, *words = sys.argv
    command = words[0] if Path(program).name == "manage.py" and words else ""
    return Actor(f"{SERVER} {command}".rstrip())


# Set during a request. It is a function, because most requests record nothing and need no query for the user.
acting: ContextVar[Callable[[], Actor]] = ContextVar("acting", default=this_process)


@contextmanager
def acting_for(request: HttpRequest) -> Iterator[None]:
    """Record changes in this block as changes by the user of this request."""
    token = acting.set(lambda: actor_of(request))
    try:
        yield
    finally:
        acting.reset(token)


def actor_of(request: HttpRequest) -> Actor:
    return Actor(request.user.get_username(), request.user.pk, client_of(request))


def record(
    verb: Verb,
    about: Model | None = None,
    *,
    kind: str = "",
    label: str = "",
    detail: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> None:
    """Add an entry about a row, or about something else with a kind and a label. The context has the default actor."""
    entry(verb, about, kind=kind, label=label, detail=detail, actor=actor).save()


def entry(
    verb: Verb,
    about: Model | None = None,
    *,
    kind: str = "",
    label: str = "",
    detail: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> AuditEntry:
    """Return an entry that is not saved yet, for callers that write many at once."""
    who = actor or acting.get()()
    return AuditEntry(
        user_id=who.user_id,
        user_name=who.user_name[:150],
        client=who.client[:64],
        verb=verb,
        kind=kind or (kind_of(about) if about is not None else ""),
        object_id=about.pk if about is not None else None,
        label=(label or ("" if about is None else str(about)))[:LABEL_LIMIT_CHARS].replace("\0", ""),
        detail=dict(detail or {}),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


def kind_of(about: Model) -> str:
    """Return the kind of a row in the words of the site, such as "work"."""
    name = about._meta.model_name or ""  # noqa: SLF001 - documented by Django
    return KINDS.get(name, name)
