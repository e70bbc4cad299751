"""An original that is stored again replaces a damaged one, and leaves a whole one as it is."""

from pathlib import Path

import pytest

from collection import ingest
from collection.files import storage
from tests.collection.damage import flip_a_byte
from tests.factories import painted


@pytest.fixture
def stored(media) -> tuple[bytes, str, Path]:
    """The bytes of a stored original, its digest and its path."""
    data = painted(1)
    sha256 = ingest.digest(data)
    storage.keep(data, sha256, "jpg")
    return data, sha256, storage.original(sha256, "jpg")


def test_a_file_with_a_flipped_byte_is_replaced(stored):
    data, sha256, path = stored
    flip_a_byte(path)

    was_written = storage.keep(data, sha256, "jpg")

    assert was_written
    assert path.read_bytes() == data


@pytest.mark.parametrize("remainder", [b"", b"garbage"])
def test_a_file_of_another_size_is_replaced(stored, remainder):
    data, sha256, path = stored
    path.write_bytes(remainder)

    was_written = storage.keep(data, sha256, "jpg")

    assert was_written
    assert path.read_bytes() == data


def test_a_whole_file_is_not_written_again(stored):
    data, sha256, path = stored
    inode = path.stat().st_ino

    was_written = storage.keep(data, sha256, "jpg")

    assert not was_written
    assert path.stat().st_ino == inode


def test_a_repair_leaves_no_other_file_behind(stored):
    data, sha256, path = stored
    flip_a_byte(path)

    storage.restore(data, sha256, "jpg")

    assert list(path.parent.iterdir()) == [path]
