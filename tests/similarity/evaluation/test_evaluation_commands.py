"""evaluate, evaluate_copies and evaluate_speed: their JSON keys, what they store, what they refuse."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from similarity.evaluation import measured_networks
from similarity.models import Evaluation
from tests import factories
from tests.similarity.evaluation.fakes import COLOUR, LOOK, MATCH, QuarterEmbedder

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "prints"
    folder.mkdir()
    for seed in range(1, 10):
        (folder / f"{seed}.jpg").write_bytes(factories.painted(seed, (160, 120)))
    return folder


@pytest.fixture
def truth(tmp_path: Path, pictures: Path) -> Path:
    queries = [{"file": f"{seed}.jpg", "matches": [f"{seed}.jpg"]} for seed in (1, 2, 3)]
    file = tmp_path / "truth.json"
    file.write_text(json.dumps({"database": [f"{seed}.jpg" for seed in range(1, 8)], "queries": {"easy": queries}}))
    return file


def output_of(*arguments: str) -> str:
    """Run a command on a fake embedder that offers all lenses."""
    out = StringIO()
    call_command(*arguments, stdout=out, embedders=[QuarterEmbedder()])
    return out.getvalue()


def test_evaluate_prints_shares_and_intervals_by_set(truth: Path, pictures: Path):
    answer = json.loads(output_of("evaluate", str(truth), "--images", str(pictures), "--json"))

    assert answer["easy"].items() >= {"queries": 3, "p_at_1": 1.0, "recall_at_5": 1.0, "mean_ap": 1.0}.items()
    assert answer["easy"]["p_at_1_interval"] == pytest.approx([0.439, 1.0], abs=0.001)  # Wilson's, of three works


def test_evaluate_prints_and_stores_each_of_all_lenses(truth: Path, pictures: Path):
    answer = json.loads(output_of("evaluate", str(truth), "--images", str(pictures), "--lens", "all", "--json"))

    stored = Evaluation.objects.filter(kind="retrieval", dataset="truth", backbone="quarters")
    assert list(answer) == ["look", "match", "colour"]
    assert {one.lens: one.pooling for one in stored} == {
        recipe.lens: recipe.pooling for recipe in (LOOK, MATCH, COLOUR)
    }
    assert stored.get(lens="look").results["sets"]["easy"] == answer["look"]["easy"]


def test_a_data_set_has_the_name_of_its_ground_truth(truth: Path, pictures: Path):
    folder = truth.parent / "etchings-2024"
    folder.mkdir()
    (folder / "ground_truth.json").write_bytes(truth.read_bytes())

    for file in (truth, folder / "ground_truth.json"):
        output_of("evaluate", str(file), "--images", str(pictures))
    output_of("evaluate", str(truth), "--images", str(pictures), "--dataset", "as I call it")

    stored = Evaluation.objects.order_by("pk").values_list("dataset", flat=True)
    assert list(stored) == ["truth", "etchings-2024", "as I call it"]


def test_no_save_prints_a_table_and_stores_nothing(truth: Path, pictures: Path):
    table = output_of("evaluate", str(truth), "--images", str(pictures), "--no-save")

    assert "1.000 (1.000-1.000)" in table
    assert "Shares of 0 to 1, with their 95 % intervals." in table
    assert "(recall@5)" in table
    assert not Evaluation.objects.exists()


def test_results_are_printed_even_if_the_database_cannot_store_them(truth: Path, pictures: Path, capsys):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    answer = json.loads(output_of("evaluate", str(truth), "--images", str(pictures), "--json"))

    assert answer["easy"]["queries"] == 3
    assert "Not saved, because the database cannot be used: cannot execute INSERT" in capsys.readouterr().err


def test_a_lens_that_the_network_lacks_is_refused_with_a_list_of_those_it_offers(truth: Path, pictures: Path):
    with pytest.raises(
        CommandError, match=r"'texture' is not offered .* colour by means, look by quarters, match by quarters"
    ):
        output_of("evaluate", str(truth), "--images", str(pictures), "--lens", "texture")


def test_a_pooling_that_the_network_lacks_is_refused():
    embedder = QuarterEmbedder()

    assert measured_networks.pick([embedder], "look", "quarters") == [(embedder, [LOOK])]
    with pytest.raises(measured_networks.NothingToMeasureError, match="with the pooling 'gem'"):
        measured_networks.pick([embedder], "look", "gem")


def test_evaluate_copies_measures_a_folder_and_stores_the_results(pictures: Path):
    answer = json.loads(output_of("evaluate_copies", "--images", str(pictures), "--json"))

    stored = Evaluation.objects.get(kind="copies", dataset="prints", lens="look")
    assert answer["look"]["pictures"] == 6
    assert stored.results["alterations"]["jpeg-60"] == answer["look"]["alterations"]["jpeg-60"]
    assert len(stored.results["curve"]) <= 200
    assert "look_alikes" not in stored.results


def test_evaluate_copies_prints_and_stores_an_interval_for_every_share(pictures: Path):
    table = output_of("evaluate_copies", "--images", str(pictures))

    stored = Evaluation.objects.get(kind="copies").results
    for scores in (stored, *stored["alterations"].values()):
        low, high = scores["recall_interval"]
        assert low <= scores["recall"] <= high
        assert f"{scores['recall']:.3f} ({low:.3f}-{high:.3f})" in table
    low, high = stored["micro_ap_interval"]
    shares = f"{stored['micro_ap']:.3f} ({low:.3f}-{high:.3f})"
    assert any("(micro-AP)" in line and line.endswith(shares) for line in table.splitlines())
    assert stored["micro_ap_normalised_interval"].keys() == stored["micro_ap_normalised"].keys()


def test_evaluate_copies_prints_names_of_alterations_for_people(pictures: Path):
    table = output_of("evaluate_copies", "--images", str(pictures))

    assert "Cropped to 42 % of the area" in table
    assert "crop-35" not in table
    lines = table.splitlines()
    (head,) = (line for line in lines if line.startswith("alteration "))
    assert "normalised" in head
    assert (
        len({len(line) for line in (head, *lines[lines.index(head) + 1 :][:24])}) == 1
    )  # columns end where their heads do


def test_evaluate_copies_takes_one_picture_of_each_work_of_the_site(media: Path):
    for seed in range(1, 8):
        work = factories.a_work()
        factories.a_painted_image(work, seed=seed)
        factories.a_painted_image(work, seed=seed + 20)

    answer = json.loads(output_of("evaluate_copies", "--json"))

    assert answer["look"]["pictures"] + answer["look"]["background"] == 7
    assert Evaluation.objects.get(kind="copies").dataset == "collection"


def test_too_few_pictures_are_refused_with_a_sentence(tmp_path: Path):
    with pytest.raises(CommandError, match="0 pictures"):
        output_of("evaluate_copies", "--images", str(tmp_path))


def test_evaluate_speed_prints_and_stores_the_time_by_stage(pictures: Path):
    (answer,) = json.loads(output_of("evaluate_speed", "--images", str(pictures), "--lens", "all", "--json"))

    stored = Evaluation.objects.get(kind="speed", dataset="prints")
    assert answer["pictures"] == 9
    assert answer["lenses"] == ["look", "match", "colour"]
    assert set(stored.results["ms_by_stage"]) == {"read", "decode", "network"}
    assert stored.results["pictures_per_s"] == pytest.approx(1_000 / sum(stored.results["ms_by_stage"].values()))


def test_evaluate_speed_refuses_a_folder_without_pictures(tmp_path: Path):
    with pytest.raises(CommandError, match="no pictures"):
        output_of("evaluate_speed", "--images", str(tmp_path))
