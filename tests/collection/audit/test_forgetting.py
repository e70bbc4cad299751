"""Addresses in the audit log are forgotten after 90 days, and nothing else is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from collection.audit.forgetting import forget_clients
from collection.audit.recording import Actor, Verb, record
from collection.models import AuditEntry

SET_BACK = """
INSERT INTO collection_auditentry (at, user_name, client, verb, kind, label, detail, request_id)
VALUES (%s, 'ann', '192.0.2.7', 'signed in', '', '', '{}', '')
"""


def entry_of(days_ago: int) -> AuditEntry:
    with connection.cursor() as cursor:
        cursor.execute(SET_BACK, [timezone.now() - timedelta(days=days_ago)])
    return AuditEntry.objects.latest("pk")


def test_old_clients_are_forgotten_and_recent_ones_kept():
    old, recent = entry_of(91), entry_of(89)

    assert forget_clients() == 1

    old.refresh_from_db()
    recent.refresh_from_db()
    assert (old.client, old.user_name, recent.client) == ("", "ann", "192.0.2.7")


def test_the_client_of_a_recent_entry_cannot_be_removed():
    record(Verb.SIGNED_IN, actor=Actor("ann", 1, "192.0.2.7"))

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(client="")


def test_nothing_else_of_an_old_entry_can_be_changed():
    entry_of(91)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(client="", user_name="bob")
