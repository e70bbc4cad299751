"""Forget the published look before each test, so that tests do not affect each other."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    from config.appearance.showing import published  # after Django is set up

    published.forget()
    yield
    published.forget()


@pytest.fixture
def administrator(client):
    """A browser in which an administrator is signed in."""
    from tests.factories import a_user

    client.force_login(a_user("admin", is_superuser=True))
    return client
