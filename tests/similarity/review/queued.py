"""Pairs in the review queue, and people who review them, for tests."""

from django.test import Client

from collection.models import Collection
from similarity.models import DuplicatePair, Verdict
from tests import factories


def a_pair(collection: Collection | None = None, **fields: object) -> DuplicatePair:
    """An undecided pair of two works, in one collection unless `low` and `high` are given."""
    collection = collection or factories.a_collection()
    defaults: dict[str, object] = {"correlation": 0.9, "suggested": Verdict.DUPLICATE}
    for side in ("low", "high"):
        if side not in fields:
            defaults[side] = factories.an_image(factories.a_work(collection))
    return DuplicatePair.objects.create(**{**defaults, **fields})


def signed_in(user: object = None, **options: object) -> Client:
    client = Client()
    client.force_login(user or factories.a_user(**options))
    return client
