import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from collection import study
from collection.study import catalogue
from collection.study.alterations import ALTERATIONS, alter
from collection.study.metadata import COLUMNS
from collection.study.streams import stream

SMALL = 8


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """Eight works: seven originals of different families, with a detail and a verso among their views, and a copy."""
    folder = tmp_path_factory.mktemp("study")
    study.paint(folder, works=SMALL)
    return folder


def test_every_row_of_the_metadata_has_its_picture_and_every_picture_its_row(small):
    with (small / "metadata.csv").open(encoding="utf-8", newline="") as stream_:
        rows = list(csv.DictReader(stream_))

    assert tuple(rows[0]) == COLUMNS
    assert {row["filename"] for row in rows} == {path.name for path in small.glob("[!.]*") if path.suffix != ".csv"}
    assert len({row["accession_number"] for row in rows}) == SMALL


def test_pictures_are_rgb_and_at_least_900_px_on_the_long_side(small):
    for path in small.glob("*.[jp][pn]g"):
        with Image.open(path) as picture:
            assert picture.mode == "RGB"
            assert max(picture.size) >= 900


def test_a_second_run_paints_nothing_again(small):
    before = {path.name: path.stat().st_mtime_ns for path in small.glob("*.[jp][pn]g")}
    reported = []

    study.paint(small, works=SMALL, progress=lambda done, total: reported.append((done, total)))

    assert {path.name: path.stat().st_mtime_ns for path in small.glob("*.[jp][pn]g")} == before
    assert reported == [(len(before), len(before))]


def test_a_lost_picture_comes_back_byte_for_byte(small):
    before = digests(small)
    lost = sorted(small.glob("*.[jp][pn]g"))[:2]
    for path in lost:
        path.unlink()

    study.paint(small, works=SMALL)

    assert digests(small) == before


def test_another_seed_replaces_the_pictures(tmp_path):
    study.paint(tmp_path, seed=1, works=1)
    before = digests(tmp_path)

    study.paint(tmp_path, seed=2, works=1)

    assert set(digests(tmp_path)) == set(before)
    assert not set(digests(tmp_path).values()) & set(before.values())


def test_progress_counts_every_picture_up_to_the_last(tmp_path):
    reported = []
    work_count = 2

    study.paint(tmp_path, works=work_count, progress=lambda done, total: reported.append((done, total)))

    total = sum(len(work.views) for work in catalogue.works(1923, work_count))
    assert reported == [(done, total) for done in range(total + 1)]


@pytest.mark.parametrize("name", [name for name in ALTERATIONS if name != "recompressed"])
def test_an_altered_copy_differs_from_its_original_but_only_a_little(name):
    shades = np.linspace(40, 220, 300, dtype=np.uint8)
    picture = Image.fromarray(np.stack([np.tile(shades, (200, 1))] * 3, axis=-1))

    altered = alter(name, picture, stream(1923, "tests", 0, name))

    assert altered.size != picture.size or altered.tobytes() != picture.tobytes()
    assert abs(altered.width / picture.width - 1) < 0.15
    assert abs(np.asarray(altered).mean() / np.asarray(picture).mean() - 1) < 0.25
