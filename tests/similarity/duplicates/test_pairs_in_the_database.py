"""Stored pairs: workers of the release before can write them, and the admin filters them by relation."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from similarity.models import DuplicatePair, Verdict
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_worker_of_the_release_before_relations_still_stores_pairs():
    low, high = (factories.an_image(factories.a_work()) for _ in range(2))

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO similarity_duplicatepair (low_id, high_id, is_identical, hash_distance, correlation,"
            " suggested, verdict, note, created_at) VALUES (%s, %s, false, 3, 0.9, 'duplicate', 'undecided', '', %s)",
            [low.pk, high.pk, timezone.now()],
        )

    assert DuplicatePair.objects.get().relation == DuplicatePair.Relation.STRAIGHT


def test_the_admin_filters_pairs_by_relation(client: Client):
    client.force_login(factories.a_user("admin", is_superuser=True))
    images = [factories.an_image(factories.a_work()) for _ in range(3)]
    mirrored, straight = (
        DuplicatePair.objects.create(low=images[0], high=high, relation=relation, suggested=Verdict.SIMILAR)
        for high, relation in ((images[1], "mirrored"), (images[2], ""))
    )

    listed = client.get(reverse("admin:similarity_duplicatepair_changelist"), {"relation__exact": "mirrored"})
    shown = client.get(reverse("admin:similarity_duplicatepair_change", args=[mirrored.pk]))

    assert list(listed.context["cl"].result_list) == [mirrored]
    assert str(straight) not in listed.text
    assert "Mirrored" in shown.text
