"""Who may upload, and who may see what became of it."""

import pytest
from django.test import Client
from django.urls import reverse

from collection.models import Artwork, Upload
from tests.collection.uploads import a_file, an_upload, send, send_as_script, signed_in
from tests.factories import a_collection, a_user

pytestmark = pytest.mark.django_db


def test_only_curators_of_the_collection_may_upload(collection):
    foreign = signed_in(a_user(curates=a_collection()))
    for browser in (Client(), foreign):
        assert browser.get("/collections/art/upload/").status_code == 403
        assert send(browser, a_file(1)).status_code == 403
    assert not Upload.objects.exists()


def test_a_collection_that_is_not_public_is_not_there_for_others(media):
    a_collection(slug="hidden", is_public=False)

    assert Client().get("/collections/hidden/upload/").status_code == 404
    assert signed_in(a_user()).get("/collections/hidden/upload/").status_code == 404
    assert signed_in(a_user(is_superuser=True)).get("/collections/hidden/upload/").status_code == 200


def test_only_curators_of_the_collection_see_an_upload_and_act_on_it(collection, curator):
    upload = an_upload(curator, a_file(1))
    foreign = signed_in(a_user(curates=a_collection()))

    for browser in (Client(), foreign):
        assert browser.get(upload.get_absolute_url()).status_code == 403
        assert browser.get(reverse("upload-progress", args=[upload.pk])).status_code == 403
        assert browser.post(upload.get_absolute_url(), {"action": "publish"}).status_code == 403
    assert curator.get("/uploads/999999/").status_code == 404
    assert not Artwork.objects.get().is_published


def test_a_request_without_its_token_is_refused(collection):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(a_user(curates=collection))

    assert send(browser, a_file(1)).status_code == 403
    assert not Upload.objects.exists()


def test_a_request_with_its_token_is_taken(collection):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(a_user(curates=collection))
    browser.get("/collections/art/upload/")
    token = browser.cookies["csrftoken"].value

    assert send(browser, a_file(1), csrfmiddlewaretoken=token).status_code == 302


def test_nobody_adds_to_the_upload_of_another_curator(collection, curator):
    upload = an_upload(curator, a_file(1))
    other = signed_in(a_user(curates=collection))

    answer = send_as_script(other, a_file(2), upload=upload.pk)

    assert answer.status_code == 422
    assert upload.files.count() == 1
