"""The measuring commands: the keys that others read, what is kept, what is refused."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from similarity.embedding import embedders
from similarity.evaluation import measured_networks
from similarity.models import Evaluation
from tests import factories
from tests.similarity.evaluation.fakes import COLOUR, LOOK, MATCH, QuarterEmbedder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def embedder(monkeypatch) -> QuarterEmbedder:
    """This process's networks, without their weight; all lenses by one of them."""
    fake = QuarterEmbedder()
    monkeypatch.setattr(embedders, "configured", lambda: fake)
    monkeypatch.setattr(embedders, "colour_embedder", lambda: fake)
    return fake


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
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_evaluate_keeps_the_keys_that_others_read_and_adds_intervals(truth: Path, pictures: Path):
    told = json.loads(output_of("evaluate", str(truth), "--images", str(pictures), "--json"))

    assert told["easy"].items() >= {"queries": 3, "p_at_1": 1.0, "recall_at_5": 1.0, "mean_ap": 1.0}.items()
    assert told["easy"]["p_at_1_interval"] == pytest.approx([0.439, 1.0], abs=0.001)  # Wilson's, of three works


def test_evaluate_of_all_lenses_tells_and_keeps_each(truth: Path, pictures: Path):
    told = json.loads(output_of("evaluate", str(truth), "--images", str(pictures), "--lens", "all", "--json"))

    kept = Evaluation.objects.filter(kind="retrieval", dataset="truth", backbone="quarters")
    assert list(told) == ["look", "match", "colour"]
    assert {one.lens: one.pooling for one in kept} == {recipe.lens: recipe.pooling for recipe in (LOOK, MATCH, COLOUR)}
    assert kept.get(lens="look").results["sets"]["easy"] == told["look"]["easy"]


def test_a_data_set_is_named_by_its_ground_truth_wherever_the_pictures_lie(truth: Path, pictures: Path):
    folder = truth.parent / "etchings-2024"
    folder.mkdir()
    (folder / "ground_truth.json").write_bytes(truth.read_bytes())

    for file in (truth, folder / "ground_truth.json"):
        output_of("evaluate", str(file), "--images", str(pictures))
    output_of("evaluate", str(truth), "--images", str(pictures), "--dataset", "as I call it")

    kept = Evaluation.objects.order_by("pk").values_list("dataset", flat=True)
    assert list(kept) == ["truth", "etchings-2024", "as I call it"]


def test_nothing_is_kept_where_that_is_not_wanted(truth: Path, pictures: Path):
    table = output_of("evaluate", str(truth), "--images", str(pictures), "--no-save")

    assert "1.000 (1.000-1.000)" in table
    assert "Shares of 0 to 1, with their 95 % intervals." in table
    assert "(recall@5)" in table
    assert not Evaluation.objects.exists()


def test_a_database_out_of_reach_costs_the_record_and_not_the_answer(truth: Path, pictures: Path, monkeypatch, capsys):
    def fail(**_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(Evaluation.objects, "create", fail)

    told = json.loads(output_of("evaluate", str(truth), "--images", str(pictures), "--json"))

    assert told["easy"]["queries"] == 3
    assert "Not saved" in capsys.readouterr().err


def test_a_lens_that_the_network_lacks_is_refused_with_those_there_are(truth: Path, pictures: Path):
    with pytest.raises(
        CommandError, match=r"'texture' is not offered .* colour by means, look by quarters, match by quarters"
    ):
        output_of("evaluate", str(truth), "--images", str(pictures), "--lens", "texture")


def test_a_pooling_by_name_is_one_of_those_offered(embedder: QuarterEmbedder):
    assert measured_networks.pick([embedder], "look", "quarters") == [(embedder, [LOOK])]
    with pytest.raises(measured_networks.NothingToMeasureError, match="with the pooling 'gem'"):
        measured_networks.pick([embedder], "look", "gem")


def test_evaluate_copies_measures_a_folder_and_keeps_it(pictures: Path):
    told = json.loads(output_of("evaluate_copies", "--images", str(pictures), "--json"))

    kept = Evaluation.objects.get(kind="copies", dataset="prints", lens="look")
    assert told["look"]["pictures"] == 6
    assert kept.results["alterations"]["jpeg-60"] == told["look"]["alterations"]["jpeg-60"]
    assert len(kept.results["curve"]) <= 200
    assert "look_alikes" not in kept.results


def test_evaluate_copies_tells_and_keeps_an_interval_beside_every_share(pictures: Path):
    table = output_of("evaluate_copies", "--images", str(pictures))

    kept = Evaluation.objects.get(kind="copies").results
    for scores in (kept, *kept["alterations"].values()):
        low, high = scores["recall_interval"]
        assert low <= scores["recall"] <= high
        assert f"{scores['recall']:.3f} ({low:.3f}-{high:.3f})" in table
    low, high = kept["micro_ap_interval"]
    shares = f"{kept['micro_ap']:.3f} ({low:.3f}-{high:.3f})"
    assert any("(micro-AP)" in line and line.endswith(shares) for line in table.splitlines())
    assert kept["micro_ap_normalised_interval"].keys() == kept["micro_ap_normalised"].keys()


def test_evaluate_copies_names_alterations_and_columns_in_words(pictures: Path):
    table = output_of("evaluate_copies", "--images", str(pictures))

    assert "Cropped by 35 % each way" in table
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

    told = json.loads(output_of("evaluate_copies", "--json"))

    assert told["look"]["pictures"] + told["look"]["background"] == 7
    assert Evaluation.objects.get(kind="copies").dataset == "collection"


def test_too_few_pictures_are_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(CommandError, match="0 pictures"):
        output_of("evaluate_copies", "--images", str(tmp_path))


def test_evaluate_speed_tells_and_keeps_where_the_time_goes(pictures: Path):
    (told,) = json.loads(output_of("evaluate_speed", "--images", str(pictures), "--lens", "all", "--json"))

    kept = Evaluation.objects.get(kind="speed", dataset="prints")
    assert told["pictures"] == 9
    assert told["lenses"] == ["look", "match", "colour"]
    assert set(kept.results["ms_by_stage"]) == {"read", "decode", "network"}
    assert kept.results["pictures_per_s"] == pytest.approx(1_000 / sum(kept.results["ms_by_stage"].values()))


def test_evaluate_speed_refuses_a_folder_without_pictures(tmp_path: Path):
    with pytest.raises(CommandError, match="no pictures"):
        output_of("evaluate_speed", "--images", str(tmp_path))
