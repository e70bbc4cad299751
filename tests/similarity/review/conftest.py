"""Two reviewers, both of whom decide each pair where a test uses `two_reviewers`. Models are imported late: Django is
set up after this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@pytest.fixture
def two_reviewers(settings):
    settings.KINDRED_REVIEWERS_PER_PAIR = 2


@pytest.fixture
def ada(db) -> User:
    return reviewer("ada")


@pytest.fixture
def ben(db) -> User:
    return reviewer("ben")


def reviewer(name: str) -> User:
    from tests import factories

    return factories.a_user(name, is_superuser=True)
