"""Curators see the twin value of a picture; the admin lists and searches them, and changes none."""

import pytest
from django.test import Client
from django.urls import reverse

from collection.models import Artwork, ArtworkImage
from similarity.models import Fingerprint
from tests import factories

pytestmark = pytest.mark.django_db

VALUE = "0123456789ab"


def with_twin(work: Artwork, value: str = VALUE) -> ArtworkImage:
    image = factories.an_image(work)
    Fingerprint.objects.create(
        image=image, phash="0" * 64, is_flat=False, thumb=b"", colours=b"", twin=value,
        twin_bits=f"{int(value, 16):048b}",
    )  # fmt: skip
    return image


def test_the_page_of_a_work_shows_the_value_to_its_curators_alone(client: Client):
    work = factories.a_work()
    with_twin(work)
    curator = Client()
    curator.force_login(factories.a_user(curates=work.collection))

    assert VALUE in curator.get(work.get_absolute_url()).text
    assert VALUE not in client.get(work.get_absolute_url()).text


def test_the_page_of_a_work_without_a_value_is_whole_for_curators():
    work = factories.a_work()
    factories.an_image(work)
    curator = Client()
    curator.force_login(factories.a_user(curates=work.collection))

    page = curator.get(work.get_absolute_url())

    assert page.status_code == 200
    assert "Twin value" not in page.text


def test_the_admin_finds_equal_values_and_changes_none():
    administrator = Client()
    administrator.force_login(factories.a_user(is_superuser=True))
    one, other = with_twin(factories.a_work()), with_twin(factories.a_work(), "ba9876543210")
    page = reverse("admin:similarity_fingerprint_changelist")

    found = administrator.get(page, {"q": VALUE})
    shown = administrator.get(reverse("admin:similarity_fingerprint_change", args=[one.pk]))

    assert [row.pk for row in found.context["cl"].result_list] == [one.pk]
    assert {row.pk for row in administrator.get(page).context["cl"].result_list} == {one.pk, other.pk}
    assert VALUE in shown.text
    assert 'name="_save"' not in shown.text


def test_the_admin_deletes_fingerprints_with_their_work_and_not_alone():
    administrator = Client()
    administrator.force_login(factories.a_user(is_superuser=True))
    image = with_twin(factories.a_work())
    alone = reverse("admin:similarity_fingerprint_delete", args=[image.pk])
    work = reverse("admin:collection_artwork_delete", args=[image.artwork_id])

    refused = administrator.post(alone, {"post": "yes"})
    left = Fingerprint.objects.filter(pk=image.pk).exists()
    administrator.post(work, {"post": "yes"})

    assert (refused.status_code, left) == (403, True)
    assert not Artwork.objects.filter(pk=image.artwork_id).exists()
    assert not Fingerprint.objects.exists()
