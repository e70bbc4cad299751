"""The repair computes missing certainties while workers flag pairs, and overwrites nothing of theirs."""

import threading

import pytest
from django.db import connection, connections, transaction

from similarity.duplicates import grouping, rescoring
from similarity.models import DuplicatePair
from tests.similarity.calibration.pairs import a_pair

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pair_that_a_worker_flags_meanwhile_keeps_the_certainty_of_the_new_evidence():
    pair = a_pair(correlation=0.2)

    def repair() -> None:
        rescoring.score_unscored()
        connections.close_all()

    thread = threading.Thread(target=repair)
    with transaction.atomic():
        grouping.lock()
        DuplicatePair.objects.filter(pk=pair.pk).update(correlation=0.99, certainty=0.9)
        thread.start()
        wait_until_it_waits_or_ends(thread)
    thread.join(timeout=30)

    pair.refresh_from_db()
    assert pair.certainty == 0.9


def wait_until_it_waits_or_ends(thread: threading.Thread) -> None:
    count = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(count)
            if cursor.fetchone() != (0,):
                return
