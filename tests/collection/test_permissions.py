import pytest
from django.urls import reverse

from collection.models import Artwork
from tests.factories import PASSWORD, a_collection, a_user, a_work, an_image

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["unpublished work", "closed collection"])
def hidden(request, db) -> Artwork:
    is_closed = request.param == "closed collection"
    collection = a_collection(is_public=not is_closed, title="Reserve")
    return a_work(collection, title="Hidden Thing", creators=["Hidden Maker"], is_published=is_closed)


def pages_naming(work: Artwork, client) -> list[str]:
    addresses = ["/", "/browse/", "/browse/?q=hidden", f"/collections/{work.collection.slug}/", work.get_absolute_url()]
    return [address for address in addresses if "Hidden" in client.get(address).text.replace("“hidden”", "")]


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_hidden_work_is_named_on_no_page_for_others(client, hidden, signed_in):
    an_image(hidden)
    if signed_in:
        client.force_login(a_user(curates=a_collection()))

    assert pages_naming(hidden, client) == []
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_its_curator_and_an_administrator_see_it(client, hidden):
    for user in (a_user(curates=hidden.collection), a_user(is_superuser=True)):
        client.force_login(user)

        assert len(pages_naming(hidden, client)) >= 3
        assert "Not published" in client.get(hidden.get_absolute_url()).text or hidden.is_published


def test_a_closed_collection_has_no_page_and_no_mention_for_others(client):
    closed = a_collection(is_public=False, title="Reserve")

    assert client.get(closed.get_absolute_url()).status_code == 404
    assert "Reserve" not in client.get("/").text


def test_a_public_work_is_changed_by_its_curators_alone(client):
    work = a_work()
    address = reverse("work-edit", args=[work.pk])
    record = {"accession_number": work.accession_number, "is_published": "no"}

    anonymous = client.post(address, record)
    client.force_login(a_user(curates=a_collection()))
    foreign = client.post(address, record)

    work.refresh_from_db()
    assert (anonymous.status_code, foreign.status_code) == (403, 403)
    assert work.is_published


def test_a_hidden_work_answers_a_foreign_curator_as_if_it_were_not_there(client, hidden):
    client.force_login(a_user(curates=a_collection()))

    assert client.get(reverse("work-edit", args=[hidden.pk])).status_code == 404


def test_a_view_is_removed_by_its_curators_alone(client):
    image = an_image()
    client.force_login(a_user(curates=a_collection()))

    answer = client.post(reverse("view-delete", args=[image.artwork_id, image.pk]))

    assert answer.status_code == 403
    assert image.artwork.images.exists()


def test_a_get_never_changes_anything(client):
    image = an_image()
    client.force_login(a_user(curates=image.collection))

    asked = client.get(reverse("work-edit", args=[image.artwork_id]), {"is_published": "no", "accession_number": "x"})

    image.artwork.refresh_from_db()
    assert image.artwork.is_published
    assert "Nothing has been saved yet" not in asked.text
    assert client.get(reverse("view-delete", args=[image.artwork_id, image.pk])).status_code == 405


def test_who_is_refused_may_sign_in_and_comes_back(client):
    work = a_work()
    curator = a_user(curates=work.collection)
    address = reverse("work-edit", args=[work.pk])

    refusal = client.get(address)
    answer = client.post("/login/", {"username": curator.username, "password": PASSWORD, "next": address})

    assert refusal.status_code == 403
    assert f"/login/?next={address}" in refusal.text
    assert answer["Location"] == address


def test_curators_find_upload_and_review_in_the_header(client):
    collection = a_collection(slug="prints")
    assert "/review/" not in client.get("/").text

    client.force_login(a_user(curates=collection))

    assert "/review/" in client.get("/").text


def test_nothing_on_a_page_runs_inline(client):
    work = an_image().artwork
    client.force_login(a_user(curates=work.collection))

    for address in ("/", "/browse/", work.get_absolute_url(), reverse("work-edit", args=[work.pk]), "/login/", "/404"):
        page = client.get(address).text
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
