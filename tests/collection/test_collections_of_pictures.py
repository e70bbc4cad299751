"""A picture always belongs to the collection of its work, also if one of them is changed in the database."""

import pytest
from django.db import IntegrityError, connection

from collection.models import ArtworkImage
from tests import factories

pytestmark = pytest.mark.django_db


def check_constraints() -> None:
    """Check now what PostgreSQL would check at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_work_that_moves_takes_its_pictures_along():
    work, elsewhere = factories.a_work(), factories.a_collection()
    image = factories.an_image(work)

    work.collection = elsewhere
    work.save()
    check_constraints()

    assert ArtworkImage.objects.get(pk=image.pk).collection == elsewhere


def test_a_picture_cannot_be_in_another_collection_than_its_work():
    image = factories.an_image()

    ArtworkImage.objects.filter(pk=image.pk).update(collection=factories.a_collection())

    with pytest.raises(IntegrityError, match="picture_is_in_the_collection_of_its_work"):
        check_constraints()
