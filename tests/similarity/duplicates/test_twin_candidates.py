"""Equal and near twin values propose candidates, by an index, also where no other signal does."""

import numpy as np
import pytest
from django.db import connection

from collection.models import Artwork, ArtworkImage
from similarity.duplicates import detection, proposals
from similarity.models import Fingerprint
from similarity.vision.copies import fingerprint
from tests import factories
from tests.pictures import landscape

pytestmark = pytest.mark.django_db

NO_VECTORS = proposals.Vectors(None)
ASKED = 0x0123456789AB
FAR_HASH, OTHER_HASH = "0" * 64, "1" * 64


def with_twin(value: int | None, work: Artwork | None = None, *, phash: str = OTHER_HASH) -> Fingerprint:
    """Store a fingerprint with this twin value, whose hash is far from the asked picture's."""
    image = factories.an_image(work or factories.a_work())
    twin, bits = detection.twin_columns("" if value is None else f"{value:012x}")
    return Fingerprint.objects.create(
        image=image, phash=phash, is_flat=False, thumb=b"", colours=b"", twin=twin, twin_bits=bits
    )


def turned(value: int, count: int) -> int:
    """Return a value of which so many bits differ."""
    return value ^ ((1 << count) - 1)


def test_equal_and_near_values_are_candidates_and_farther_ones_are_not():
    asked = with_twin(ASKED, phash=FAR_HASH)
    equal, near = with_twin(ASKED), with_twin(turned(ASKED, 5))
    with_twin(turned(ASKED, 6))
    with_twin(None)

    assert proposals.near_by_twin(asked) == {equal.pk: 0, near.pk: 5}


def test_a_copy_that_only_the_twin_value_finds_is_a_candidate():
    (print_,) = fingerprint.of([np.asarray(landscape(5))])
    asked = with_twin(ASKED, phash=print_.bits)
    Fingerprint.objects.filter(pk=asked.pk).update(thumb=print_.thumb, colours=print_.colours)
    copy = with_twin(turned(ASKED, 3), phash=f"{~print_.phash & (2**64 - 1):064b}")

    (found,) = proposals.find(NO_VECTORS, NO_VECTORS, Fingerprint.objects.get(pk=asked.pk))

    assert found.print == copy
    assert found.signals == {proposals.TWIN: 3}


def test_a_picture_without_a_value_proposes_nothing_by_it():
    asked = with_twin(None)
    with_twin(None)

    assert proposals.near_by_twin(asked) == {}


def test_views_of_the_same_work_are_no_candidates_however_many_are_equal():
    work = factories.a_work()
    asked = with_twin(ASKED, work)
    for _ in range(120):
        with_twin(ASKED, work)
    near = with_twin(turned(ASKED, 4))

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert proposals.near_by_twin(asked) == {near.pk: 4}


def test_a_placeholder_with_the_same_value_proposes_a_bounded_number():
    asked = with_twin(ASKED)
    for _ in range(proposals.SAME_LIMIT + 10):
        with_twin(ASKED)

    assert len(proposals.near_by_twin(asked)) <= proposals.SAME_LIMIT + proposals.NEAREST


def test_many_merged_works_with_the_same_picture_leave_room_for_others(monkeypatch):
    monkeypatch.setattr(proposals, "SAME_LIMIT", 2)
    monkeypatch.setattr(proposals, "NEAREST", 1)
    aliases, kept, asked = [with_twin(ASKED) for _ in range(3)], with_twin(ASKED), with_twin(ASKED)
    ArtworkImage.objects.update(pixel_digest="a" * 64)
    Artwork.objects.filter(images__in=[each.pk for each in aliases]).update(merged_into=kept.image.artwork)
    asked.image.refresh_from_db()

    assert kept.pk in proposals.same_pixels(asked.image)
    assert kept.pk in proposals.near_by_twin(asked)


def test_near_values_are_found_by_their_index():
    asked = with_twin(ASKED)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    plan = proposals.by_twin(asked).values_list("pk", "bits").order_by("bits")[:10].explain()

    assert "fingerprint_twin_hnsw" in plan


def test_equal_values_are_found_by_plain_sql_on_the_string_and_its_index():
    asked = with_twin(ASKED)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT image_id FROM similarity_fingerprint WHERE twin = %s", [asked.twin])
        plan = str(cursor.fetchall())

    assert "fingerprint_twin" in plan
