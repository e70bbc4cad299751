"""Limit wrong passwords: by account and address, by account, and by address. See docs/decisions/0030.

django-axes calls this handler before a password is hashed. Each try is counted before it is checked, so simultaneous
tries cannot exceed a limit. A right password deletes the failures of its account from its address. People sometimes
type a password into the field of the name, so the table stores a keyed hash of the name.
"""

import hashlib
import logging
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from axes.handlers.base import AxesHandler
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.db.models import F, Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from collection.audit.recording import Actor, Verb, record
from collection.clients import client_of, network_address
from collection.models import AuditEntry

logger = logging.getLogger(__name__)

MINUTE_S = 60
HOUR_S = 3600
KEPT = timedelta(days=1)  # failures older than this no longer count
KNOWN = timedelta(days=30)  # how long an address counts as known after a sign-in from it
LONGEST_DOUBLINGS = 20


@dataclass(frozen=True)
class Limit:
    """After `free` failures the next try has to wait a minute, and twice as long after each further failure."""

    free: int
    longest_s: int

    def wait_s(self, failures: int) -> int:
        """Return how many seconds must pass between the last of these failures and the next try."""
        if failures < self.free:
            return 0
        return min(self.longest_s, MINUTE_S * 2 ** min(failures - self.free, LONGEST_DOUBLINGS))


PAIR = Limit(free=5, longest_s=60 * MINUTE_S)  # one account from one address
ACCOUNT = Limit(free=50, longest_s=15 * MINUTE_S)  # one account from all addresses
ADDRESS = Limit(free=30, longest_s=60 * MINUTE_S)  # all accounts from one address; a museum may share one


class Lockout(AxesHandler):
    """The handler of django-axes. Its table AccessAttempt has a row for each account and address."""

    def is_allowed(self, request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> bool:
        """Count a try, or return False if it has to wait. The wait is then in `request.sign_in_wait_s`."""
        account, address = account_of(credentials), network_address(request)
        with transaction.atomic():
            lock(account, address or "")
            wait_s = remaining_s(account, address)
            request.sign_in_wait_s = wait_s  # type: ignore[attr-defined]
            if wait_s == 0:
                count(account, address)
        if wait_s:
            logger.info("A try to sign in has to wait %s s", wait_s)
        return wait_s == 0

    def user_login_failed(
        self, sender: Any, credentials: Mapping[str, Any], request: HttpRequest | None = None, **_: Any
    ) -> None:
        """Record a failure, and a lockout if this failure begins a wait. A try that had to wait is no failure."""
        if request is None or getattr(request, "sign_in_wait_s", None):
            return
        account = account_of(credentials)
        user = user_of(account)
        # A name without an account may be a password in the wrong field, so it is not stored.
        about: dict[str, Any] = {"kind": "account", "label": user.get_username() if user else "(no such account)"}
        wait_s = remaining_s(account, network_address(request))
        client = Actor("", None, client_of(request))
        with transaction.atomic():
            record(Verb.SIGN_IN_FAILED, user, actor=client, **about)
            if wait_s:
                record(Verb.LOCKED_OUT, user, actor=client, detail={"seconds": wait_s}, **about)
        logger.warning("Failed to sign in: %s", about["label"])
        if wait_s:
            logger.warning("Locked out for %s s: %s", wait_s, about["label"])
            request.sign_in_wait_s = wait_s  # type: ignore[attr-defined]
            request.axes_locked_out = True  # type: ignore[attr-defined]

    def post_save_access_attempt(self, instance: AccessAttempt, **_: Any) -> None:
        """Do nothing. django-axes calls this for each row that is written."""

    def post_delete_access_attempt(self, instance: AccessAttempt, **_: Any) -> None:
        """Do nothing. django-axes calls this for each row that is deleted."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: AbstractUser, **_: Any) -> None:
        forget(user.get_username(), network_address(request))

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Delete failures for the commands of django-axes, such as `axes_reset_username`. Return how many rows."""
        of_account = Q(username=key_of(account_of({"username": username}))) if username else Q()
        of_address = Q(ip_address=ip_address) if ip_address else Q()
        which = of_account | of_address if ip_or_username else of_account & of_address
        return AccessAttempt.objects.filter(which).delete()[0]


def account_of(credentials: Mapping[str, Any] | None) -> str:
    """Return the name by which failures are counted, without differences in case and Unicode form."""
    name = str((credentials or {}).get("username") or "")
    return unicodedata.normalize("NFKC", name).casefold()[:255]


def key_of(account: str) -> str:
    """Return the keyed hash that the table stores instead of the name. It cannot be computed without the secret key."""
    return salted_hmac("config.accounts.lockout", account, algorithm="sha256").hexdigest()


def user_of(account: str) -> AbstractUser | None:
    users = get_user_model().objects.filter(username__iexact=account) if account else []
    return next(iter(users), None)


def lock(*names: str) -> None:
    """Lock these names until the transaction ends. Tries with the same account or address are then counted in turn."""
    digests = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names]
    with connection.cursor() as cursor:
        for key in sorted({int.from_bytes(digest, signed=True) for digest in digests}):  # sorted, to prevent deadlocks
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def remaining_s(account: str, address: str | None) -> int:
    """Return the seconds until the next try of this account from this address, or 0."""
    key = key_of(account)
    pair = waiting_s(PAIR, Q(username=key, ip_address=address))
    same_address = waiting_s(ADDRESS, Q(ip_address=address)) if address else 0
    same_account = waiting_s(ACCOUNT, Q(username=key))
    longest = max(pair, same_address, same_account)
    return pair if longest > pair and is_known(account, address) else longest


def waiting_s(limit: Limit, which: Q) -> int:
    now = timezone.now()
    recent = AccessAttempt.objects.filter(which, attempt_time__gt=now - KEPT).order_by()
    found = recent.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    if not found["failures"]:
        return 0
    passed_s = (now - found["last"]).total_seconds()
    return max(0, math.ceil(limit.wait_s(found["failures"]) - passed_s))


def is_known(account: str, address: str | None) -> bool:
    """Return True if the account has recently signed in from this address. Others' failures then do not lock it out."""
    user = user_of(account)
    if user is None or address is None:
        return False
    lately = AuditEntry.objects.filter(user_name=user.get_username(), at__gt=timezone.now() - KNOWN)
    return lately.filter(verb=Verb.SIGNED_IN, client__in=[address, f"{address}/64"]).exists()


def count(account: str, address: str | None) -> None:
    """Count a try as a failure; a right password deletes it. Delete failures that are too old to count."""
    now, key = timezone.now(), key_of(account)
    AccessAttempt.objects.filter(Q(username=key) | Q(ip_address=address), attempt_time__lte=now - KEPT).delete()
    row, is_new = AccessAttempt.objects.get_or_create(
        username=key, ip_address=address, user_agent="", defaults={"failures_since_start": 1}
    )
    if not is_new:
        same = AccessAttempt.objects.filter(pk=row.pk)
        same.update(failures_since_start=F("failures_since_start") + 1, attempt_time=now)


def forget(username: str, address: str | None = None) -> None:
    """Delete the failures of an account: those from one address, or all of them."""
    of_account = AccessAttempt.objects.filter(username=key_of(account_of({"username": username})))
    (of_account.filter(ip_address=address) if address else of_account).delete()


def forget_old() -> int:
    """Delete the failures that no longer count. Return how many rows."""
    return AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - KEPT).delete()[0]


def refusal(request: HttpRequest, response: HttpResponse | None, credentials: object) -> HttpResponse:
    """Return the page that says how long to wait."""
    wait_s: int = getattr(request, "sign_in_wait_s", MINUTE_S)
    page = render(request, "account/locked_out.html", {"wait": in_words(wait_s)}, status=429)
    page["Retry-After"] = str(wait_s)
    return page


def in_words(seconds: int) -> str:
    """Return a time as people say it, rounded up: "40 seconds", "3 minutes", "2 hours"."""
    if seconds > HOUR_S:
        hours = math.ceil(seconds / HOUR_S)
        return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}
    if seconds > MINUTE_S:
        minutes = math.ceil(seconds / MINUTE_S)
        return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
    return ngettext("%(seconds)s second", "%(seconds)s seconds", seconds) % {"seconds": seconds}
