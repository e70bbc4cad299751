"""Files that no picture has are deleted; all others stay."""

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from collection import ingest
from collection.files import storage
from tests import factories

pytestmark = pytest.mark.django_db

OLD_S = 25 * 3_600


def sweep(*words: str) -> str:
    out = StringIO()
    call_command("sweep_files", *words, stdout=out)
    return out.getvalue()


def grow_old(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - OLD_S,) * 2)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_what_a_picture_has_stays_and_what_none_has_goes(media):
    factories.a_painted_image()
    kept = files_in(media)
    gone = factories.a_painted_image()
    gone.delete()
    orphans = len(files_in(media)) - len(kept)
    grow_old(media)

    said = sweep()

    assert files_in(media) == kept
    assert not storage.derivatives(gone.sha256).exists()
    assert said.startswith(f"{orphans} files, ")
    assert "MiB deleted." in said


def test_writes_that_were_cut_short_are_cleared_away(media):
    image = factories.a_painted_image()
    kept = files_in(media)
    (storage.original(image.sha256, "jpg").parent / "tmpab12cd").write_bytes(b"half")
    (storage.derivatives(image.sha256) / ".x1y2.part").write_bytes(b"half")
    grow_old(media)

    assert sweep().startswith("2 files, ")
    assert files_in(media) == kept


def test_what_is_young_stays(media):
    factories.a_painted_image()
    factories.a_painted_image().delete()
    before = files_in(media)

    assert sweep().startswith("0 files")
    assert files_in(media) == before
    assert not sweep("--older-than", "-0.01").startswith("0 files")


def test_a_file_that_is_sent_again_is_young_again(media):
    factories.a_painted_image()
    data = factories.painted(901)
    storage.keep(data, ingest.digest(data), "jpg")
    path = storage.original(ingest.digest(data), "jpg")
    grow_old(media)

    storage.keep(data, ingest.digest(data), "jpg")
    sweep()

    assert path.read_bytes() == data


def test_a_dry_run_deletes_nothing(media):
    factories.a_painted_image()
    factories.a_painted_image().delete()
    grow_old(media)
    before = files_in(media)

    said = sweep("--dry-run")

    assert "would be deleted" in said
    assert not said.startswith("0 files")
    assert files_in(media) == before


def test_files_of_other_names_are_nobodys_business(media):
    factories.a_painted_image()
    note = media / "originals" / "ab" / "cd" / "README"
    note.parent.mkdir(parents=True)
    note.write_text("mine")
    grow_old(media)

    sweep()

    assert note.read_text() == "mine"


def test_an_empty_database_deletes_nothing(media):
    factories.a_painted_image().delete()
    grow_old(media)
    before = files_in(media)

    with pytest.raises(CommandError, match="Is it the right database"):
        sweep()

    assert files_in(media) == before
