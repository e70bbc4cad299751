"""Duplicate detection is tried on altered uploads and clean ones, beside single signals."""

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from similarity.evaluation.duplicate_detection import duplicate_baselines, duplicate_report, duplicate_trial
from similarity.evaluation.duplicate_detection.collection_in_memory import Collection
from similarity.models import Evaluation
from tests import factories
from tests.similarity.evaluation.fakes import MATCH, QuarterEmbedder


def rich_folder(path: Path, count: int) -> list[Path]:
    """Write pictures with detail everywhere, so that local features are found."""
    for seed in range(1, count + 1):
        spots = np.random.default_rng(seed).integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(spots).resize((400, 300), Image.Resampling.BICUBIC).save(path / f"{seed:02}.png")
    return sorted(path.iterdir())


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collection.describe(rich_folder(tmp_path, 8), QuarterEmbedder(), MATCH)


@pytest.mark.parametrize(("name", "kind"), [("jpeg-30", "reencoded"), ("flip", "mirrored"), ("turn-90", "turned")])
def test_altered_copies_are_found_with_their_kind_and_nothing_else_is(collection: Collection, name: str, kind: str):
    found = duplicate_trial.try_one(collection, [1, 4, 6], name)

    assert (found.copies, found.found, found.duplicates) == (3, 3, 3)
    assert found.kinds == {kind: 3}
    assert found.false_pairs == []


def test_clean_uploads_get_pairs_only_with_copies_in_the_collection(tmp_path: Path):
    paths = rich_folder(tmp_path, 6)
    copy = tmp_path / "copy.jpg"
    Image.open(paths[2]).save(copy, quality=60)
    collection = Collection.describe([*paths, copy], QuarterEmbedder(), MATCH)

    assert duplicate_trial.clean_uploads(collection) == [("03.png", "copy.jpg", "duplicate", "reencoded")]


def test_a_threshold_lets_no_clean_upload_of_few_get_a_pair_but_known_copies():
    scores = np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.4], [0.2, 0.4, 1.0]], np.float32)

    strict = duplicate_baselines.threshold_of(scores, [])
    without_copies = duplicate_baselines.threshold_of(scores, [(0, 1)])

    assert (strict, without_copies) == (np.float32(0.9), np.float32(0.4))
    assert duplicate_baselines.Signal("cosine", strict).recall(np.array([0.95, 0.9, 0.1], np.float32)) == 1 / 3


def test_the_report_measures_hashes_and_cosines_beside_detection(collection: Collection):
    known = duplicate_report.signals(collection, pairs=[])

    turned = duplicate_trial.try_one(collection, [0, 3], "turn-90")
    row = duplicate_report.row(collection, known, turned)

    assert row.found == 1.0
    assert row.signals[duplicate_report.PHASH] == 0.0


@pytest.mark.django_db
def test_the_command_writes_a_table_and_json_and_stores_the_results(tmp_path: Path):
    rich_folder(tmp_path, 7)
    table, text = StringIO(), StringIO()
    options = {"images": tmp_path, "limit": 2, "alterations": ["jpeg-30"], "embedders": [QuarterEmbedder()]}

    call_command("evaluate_duplicates", stdout=table, **options)
    call_command("evaluate_duplicates", "--json", stdout=text, **options)

    report = json.loads(text.getvalue())
    stored = Evaluation.objects.filter(kind="duplicates", dataset=tmp_path.name).values_list("results", flat=True)
    assert [one["rows"][0]["found"] for one in stored] == [1.0, 1.0]
    assert (report["pictures"], report["altered"], report["rows"][0]["found"]) == (7, 2, 1.0)
    assert report["clean_pairs"] == []
    assert "Saved again as JPEG, quality 30" in table.getvalue()
    assert "7 clean uploads: 0 pairs suggested as duplicates" in table.getvalue()


def test_too_few_pictures_are_refused_in_a_sentence(tmp_path: Path):
    (tmp_path / "one.jpg").write_bytes(factories.painted(1))

    with pytest.raises(CommandError, match=r"There are 1 pictures\. At least 6 are needed"):
        call_command("evaluate_duplicates", images=tmp_path, embedders=[QuarterEmbedder()])
