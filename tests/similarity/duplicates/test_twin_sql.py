"""The plain SQL of docs/operations.md finds equal and near twin values, by their indexes."""

import re
from pathlib import Path

import pytest
from django.db import connection

from collection.models import ArtworkImage
from similarity.models import Fingerprint
from tests import factories

pytestmark = pytest.mark.django_db

OPERATIONS = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
VALUE, NEAR, FAR = "0123456789ab", "0123456789aa", "fedcba987654"


def with_twin(value: str) -> ArtworkImage:
    image = factories.an_image()
    Fingerprint.objects.create(
        image=image, phash="0" * 64, is_flat=False, thumb=b"", colours=b"", twin=value,
        twin_bits=f"{int(value, 16):048b}",
    )  # fmt: skip
    return image


def documented() -> list[str]:
    """Return the statements about twin values."""
    blocks = re.findall(r"```sql\n(.+?)```", OPERATIONS.read_text("utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "twin" in block]
    return [statement for statement in block.split(";") if statement.strip()]


def fetch(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_the_documented_statements_find_equal_and_near_values():
    one, same = with_twin(VALUE), with_twin(VALUE)
    near, far = with_twin(NEAR), with_twin(FAR)
    groups, equal, nearest = documented()

    ((value, works),) = fetch(groups)
    assert (value, works) == (VALUE, sorted(image.artwork.accession_number for image in (one, same)))
    assert {pk for (pk,) in fetch(equal)} == {one.pk, same.pk}
    found = fetch(nearest)
    assert {(pk, bits) for pk, _, bits in found} == {(one.pk, 0), (same.pk, 0), (near.pk, 1), (far.pk, 48)}
    assert found[-1][0] == far.pk


def test_the_documented_statements_use_the_indexes():
    with_twin(VALUE)
    _, equal, nearest = documented()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    assert "fingerprint_twin" in str(fetch(f"EXPLAIN {equal}"))
    assert "fingerprint_twin_hnsw" in str(fetch(f"EXPLAIN {nearest}"))
