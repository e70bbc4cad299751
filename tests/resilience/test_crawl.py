"""Four kinds of user ask for every address: no answer gives away a secret, and none changes what is not theirs."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.test import Client
from django.urls import path

from tests.resilience import addresses, site_with_secrets
from tests.resilience.site_with_secrets import ADMINISTRATOR, READERS, ROLES, Site

READ = ("get", "head", "options")
APPS = ("collection", "similarity")
# What the sign-in of the crawl itself and reading may write: a missing original is listed once somebody asks for it.
NOT_COMPARED = {"collection.FileCheck", "similarity.EvaluationJob", "collection.AuditEntry"}


@pytest.fixture
def site(db: None, media: object, broker: object) -> Site:
    return site_with_secrets.build()


def client_of(site: Site, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if user := site.users[role]:
        client.force_login(user)
    return client


def text_of(response: object) -> str:
    """Return the headers and the body of a response."""
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return f"{response.headers}\n{body.decode(errors='replace')}"  # type: ignore[attr-defined]


def crawl(site: Site, role: str, methods: tuple[str, ...]) -> Iterator[tuple[str, int, str]]:
    """Ask for every address. Yield the request, the status and the text of the answer."""
    client = client_of(site, role)
    for address in addresses.addresses(site.samples_for(role)):
        if address in {"/logout/", "/admin/logout/"}:
            continue
        for method in methods:
            response = getattr(client, method)(address)
            yield f"{role}: {method.upper()} {address}", response.status_code, text_of(response)


def rows() -> str:
    """Return all that the museum and its people have made, as text."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return "\n".join(
        serialize("json", model._default_manager.order_by("pk"))
        for model in models
        if model._meta.label not in NOT_COMPARED
    )


@pytest.mark.parametrize("role", ROLES)
def test_reading_gives_away_no_secret_fails_nowhere_and_changes_nothing(site: Site, role: str) -> None:
    before = rows()
    read: set[str] = set()
    leaks, failures = [], []

    for request, status, text in crawl(site, role, READ):
        words = {word for word in READERS if word in text.lower()}
        read |= words
        leaks += [f"{request}: {word}" for word in words if role != ADMINISTRATOR and role not in READERS[word]]
        failures += [f"{request}: {status}"] if status >= 500 and "readyz" not in request else []

    assert leaks == []
    assert failures == []
    assert read == {word for word in READERS if role == ADMINISTRATOR or role in READERS[word]}  # the crawl sees them
    assert rows() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != ADMINISTRATOR])
def test_writing_to_what_is_not_theirs_changes_nothing(site: Site, role: str) -> None:
    before = rows()
    leaks, failures = [], []

    for request, status, text in crawl(site, role, ("post", "put", "delete", "patch")):
        words = {word for word in READERS if word in text.lower()}
        leaks += [f"{request}: {word}" for word in words if role not in READERS[word]]
        failures += [f"{request}: {status}"] if status >= 500 else []

    assert leaks == []
    assert failures == []
    assert rows() == before


def test_an_address_whose_parameters_nobody_explained_stops_the_crawl() -> None:
    new = [path("secrets/<int:number>/", lambda request, number: None, name="secret")]

    (found,) = addresses.patterns(new)

    with pytest.raises(addresses.UnknownAddressError, match="number of secrets"):
        addresses.kinds_of(found)


def test_every_address_is_crawled(site: Site) -> None:
    asked = addresses.addresses(site.samples)

    assert len(asked) == len(set(asked)) > 200
