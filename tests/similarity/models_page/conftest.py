"""A curator who is signed in. Models are imported late, because Django is set up after this file."""

import pytest
from django.test import Client


@pytest.fixture
def curator(client: Client) -> Client:
    from tests import factories

    client.force_login(factories.a_user(curates=factories.a_collection()))
    return client
