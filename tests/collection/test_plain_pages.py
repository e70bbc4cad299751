import pytest
from django.views.defaults import server_error

from tests.factories import a_user, a_work

pytestmark = pytest.mark.django_db


def test_a_missing_page_is_said_to_be_missing_in_the_sites_own_words(client):
    answer = client.get("/works/99999999999999999999/")

    assert answer.status_code == 404
    assert "There is nothing here." in answer.text


def test_the_page_for_our_own_mistakes_needs_no_database(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Something went wrong" in answer.text


def test_a_stranger_who_is_signed_in_is_told_who_may(client):
    stranger = a_user("visitor")
    client.force_login(stranger)

    answer = client.get(f"/works/{a_work().pk}/edit/")

    assert answer.status_code == 403
    assert "signed in as visitor" in answer.text


def test_signing_in_never_leads_to_another_site(client):
    user = a_user()

    answer = client.post("/login/?next=https://elsewhere.example/", {"username": user.username, "password": "wrong"})

    assert answer.status_code == 200
    assert '"https://elsewhere.example' not in answer.text


def test_signing_out_is_a_post(client):
    client.force_login(a_user())

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 302


@pytest.mark.parametrize("address", ["/", "/browse/", "/login/"])
def test_pages_allow_no_foreign_script(client, address):
    policy = client.get(address)["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
