"""`calibrate_duplicates` measures with altered copies and verdicts, recommends, and stores a choice."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from collection import ingest
from collection.models import ArtworkImage
from similarity.duplicates import cuts
from similarity.embedding import pipeline
from similarity.models import CalibrationMeasurement, DuplicatePair, Verdict
from tests import factories, fakes
from tests.similarity.calibration.pairs import a_pair, aligned
from tests.work import flag_all

pytestmark = pytest.mark.django_db


def calibrate(*arguments: str) -> str:
    out = StringIO()
    call_command("calibrate_duplicates", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def measured(*arguments: str) -> dict:
    return json.loads(calibrate("--json", *arguments))


@pytest.fixture
def pictures(media: Path) -> list[ArtworkImage]:
    """Pictures of four works, with vectors, fingerprints and derivatives."""
    collection = factories.a_collection()
    added = [
        factories.add_picture(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), "picture.jpg"))
        for seed in (23, 42, 61, 77)
    ]
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    pipeline.run([embedder])
    flag_all()
    DuplicatePair.objects.all().delete()
    return added


def test_without_pictures_and_verdicts_the_command_says_that_there_is_nothing_to_measure():
    with pytest.raises(CommandError, match="no verdict and no picture"):
        calibrate()


def test_altered_copies_of_the_sites_pictures_are_found_and_neighbours_are_not(pictures):
    found = measured("--pictures", "4", "--alterations", "jpeg-30", "gamma-0.6", "greyscale")

    altered = found["sources"]["altered"]
    assert (altered["pairs"], altered["copies"]) == (24, 12)
    at_default = next(each for each in altered["scores"] if each["cut"] == cuts.DEFAULT.suggest_from)
    assert at_default["wrong"] == 0
    assert at_default["recall"] > 0.9
    assert CalibrationMeasurement.objects.get().results["sources"] == found["sources"]


def test_the_same_seed_gives_the_same_result(pictures):
    first, second = (measured("--pictures", "2", "--alterations", "wall", "--seed", "7")["sources"] for _ in range(2))

    assert first == second


def test_a_neighbour_that_may_be_a_copy_is_left_out_until_somebody_decides(pictures):
    low, high, *_ = pictures
    pair = DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE)

    open_pair = measured("--pictures", "4", "--alterations", "jpeg-30")
    DuplicatePair.objects.filter(pk=pair.pk).update(verdict=Verdict.UNRELATED, decided_at=timezone.now())
    decided = measured("--pictures", "4", "--alterations", "jpeg-30")

    assert open_pair["skipped"]["neighbours"] == 2
    assert decided["skipped"]["neighbours"] == 0


def test_a_picture_whose_derivative_is_lost_is_left_out(pictures, media: Path):
    for file in (media / "derivatives").rglob("1200.webp"):
        if pictures[0].sha256 in str(file):
            file.unlink()

    found = measured("--pictures", "4", "--alterations", "jpeg-30")

    assert found["skipped"]["pictures"] == 1
    assert found["sources"]["altered"]["copies"] == 3


def test_verdicts_are_a_source_of_their_own_in_which_only_duplicates_are_copies():
    for verdict in (Verdict.DUPLICATE, Verdict.SIMILAR, Verdict.UNRELATED):
        a_pair(**aligned(), verdict=verdict, decided_at=timezone.now())

    found = measured()

    verdicts = found["sources"]["verdicts"]
    assert (verdicts["pairs"], verdicts["copies"]) == (3, 1)
    assert found["recommended"]["cut"] is None
    assert "too few" in found["recommended"]["reason"]


def test_if_all_verdicts_are_duplicate_no_cut_is_recommended():
    for _ in range(3):
        a_pair(**aligned(), verdict=Verdict.DUPLICATE, decided_at=timezone.now())

    assert "no pair of different pictures" in measured()["sources"]["verdicts"]["recommendation"]["reason"]


def test_the_table_is_readable_and_names_the_recommendation(pictures):
    a_pair(**aligned())

    text = calibrate("--pictures", "4", "--alterations", "jpeg-30")

    assert "altered copies: 8 pairs, of which 4 are copies" in text
    assert "Left out:" in text


def test_choosing_stores_the_cut_and_rescores_open_pairs():
    pair = a_pair(**aligned(structure=0.8, alike=0.9, inliers=40))

    text = calibrate("--choose", "0.9999", "--note", "trial")

    pair.refresh_from_db()
    assert pair.suggested == Verdict.SIMILAR
    assert cuts.latest().note == "trial"
    assert "Stored" in text


@pytest.mark.parametrize("wrong", ["1.5", "-1", "nan"])
def test_a_cut_that_is_no_certainty_is_refused(wrong: str):
    with pytest.raises(CommandError, match="from 0 to 1"):
        calibrate(f"--choose={wrong}")


def test_a_negative_number_of_pictures_is_refused():
    with pytest.raises(CommandError, match="0 or more"):
        calibrate("--pictures", "-1")
