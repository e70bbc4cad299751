"""No cache keeps what a signed-in user gets, and no page may use what none uses."""

import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from config import env
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/browse/", "/audit/", "/admin/", "/nowhere/", "/spaces/"])
def test_no_cache_keeps_a_page_of_a_signed_in_user(client: Client, address: str):
    client.force_login(factories.a_user(is_superuser=True))

    assert client.get(address)["Cache-Control"] == "private, no-store"


def test_an_answer_to_a_form_is_private_too(client: Client):
    work = factories.a_work()
    client.force_login(factories.a_user(curates=work.collection))

    answer = client.post(reverse("work-edit", args=[work.pk]), {"accession_number": "1"})

    assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")


def test_public_pages_and_pictures_stay_as_they_are(client: Client, media):
    image = factories.a_painted_image()
    visitor = client.get(image.artwork.get_absolute_url())
    client.force_login(factories.a_user())

    assert "no-store" not in visitor.get("Cache-Control", "")
    assert client.get(image.small_url)["Cache-Control"] == "public, max-age=300"


def test_a_picture_of_a_draft_is_private(client: Client, media):
    image = factories.a_painted_image(factories.a_work(is_published=False))
    client.force_login(factories.a_user(curates=image.collection))

    assert client.get(image.small_url)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/", "/api/v1/openapi.json", "/nowhere/", "/healthz"])
def test_no_page_may_use_the_camera_the_microphone_or_the_place(client: Client, address: str):
    policy = client.get(address)["Permissions-Policy"]

    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))


def test_the_check_for_deployment_is_clean_with_the_documented_settings():
    documented = {
        "KINDRED_SECRET_KEY": "0123456789abcdef" * 4,  # as openssl rand -hex 32 makes it
        "KINDRED_HTTPS": "true",
        "KINDRED_HOSTS": "art.example.org",
        "KINDRED_ORIGINS": "https://art.example.org",
        "KINDRED_EMAIL_URL": "smtp+tls://kindred:secret@mail.example.org:587",
        "KINDRED_EMAIL_FROM": "kindred@example.org",
        "KINDRED_LOGS": "json",
    }
    words = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    run = subprocess.run(words, env=env.inherited(**documented), capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout
