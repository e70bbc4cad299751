"""/metrics tells of damaged files as soon as a check has found them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from collection.jobs import file_checks
from collection.models import FileCheck, Orphan
from tests import factories
from tests.collection.damage import derivative_of, flip_a_byte, original_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("long_limit")]

TOKEN = "a token of some length"


@pytest.fixture(autouse=True)
def _token(settings) -> None:
    settings.KINDRED_METRICS_TOKEN = TOKEN


def metrics(client: Client) -> dict[str, float]:
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def test_a_site_without_pictures_has_no_problem(client, media):
    found = metrics(client)

    assert found['kindred_files_damaged{kind="original",state="damaged"}'] == 0
    assert found["kindred_files_oldest_check_seconds"] == 0
    assert found["kindred_orphan_files"] == 0


def test_each_kind_of_damage_is_counted(client, media):
    flipped, deleted, garbage, lost = (factories.a_painted_image() for _ in range(4))
    flip_a_byte(original_of(flipped))
    original_of(deleted).unlink()
    derivative_of(garbage).write_bytes(b"garbage")
    derivative_of(lost).unlink()
    for image in (flipped, deleted, garbage, lost):
        file_checks.check(image)

    found = {name: value for name, value in metrics(client).items() if name.startswith("kindred_files_damaged")}

    assert found == {
        f'kindred_files_damaged{{kind="{kind}",state="{state}"}}': 1
        for kind in ("original", "derivatives")
        for state in ("damaged", "missing")
    }


def test_the_oldest_check_counts(client, media):
    for days in (1, 3):
        image = factories.a_painted_image()
        file_checks.check(image)
        FileCheck.objects.filter(image=image).update(checked_at=timezone.now() - dt.timedelta(days=days))

    assert metrics(client)["kindred_files_oldest_check_seconds"] == pytest.approx(3 * 86_400, abs=600)


def test_a_picture_that_was_never_checked_counts_from_its_upload(client, media):
    image = factories.an_image()
    type(image).objects.update(created_at=timezone.now() - dt.timedelta(days=2))

    assert metrics(client)["kindred_files_oldest_check_seconds"] == pytest.approx(2 * 86_400, abs=600)


def test_files_of_deleted_pictures_are_counted(client, media):
    Orphan.objects.create(sha256="0" * 64, found_at=timezone.now())

    assert metrics(client)["kindred_orphan_files"] == 1
