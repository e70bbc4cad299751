"""Copy detection on scores computed by hand, and on painted pictures from end to end."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from similarity.evaluation import altering, copy_detection
from similarity.evaluation.altering import Comparison
from tests import factories
from tests.similarity.evaluation.fakes import LOOK, QuarterEmbedder


def a_folder(path: Path, count: int) -> list[Path]:
    for seed in range(1, count + 1):
        (path / f"{seed:02}.jpg").write_bytes(factories.painted(seed, (160, 120)))
    return sorted(path.iterdir())


def rich_folder(path: Path, count: int) -> list[Path]:
    """Write pictures with detail everywhere, so that registration works."""
    for seed in range(1, count + 1):
        spots = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(spots).resize((320, 240), Image.Resampling.BICUBIC).save(path / f"{seed:02}.png")
    return sorted(path.iterdir())


def a_comparison(*scores: list[list[float]]) -> Comparison:
    """Return a comparison of two pictures without a background set, from the 2 x 2 scores of each alteration."""
    names = [f"alteration-{index}" for index in range(len(scores))]
    return Comparison(names, {LOOK: np.array(scores, np.float32)}, [[], []])


def test_recall_alone_uses_a_threshold_for_one_alteration():
    easy = [[0.9, 0.7], [0.1, 0.9]]  # the score of a false pair is 0.7
    hard = [[0.6, 0.2], [0.3, 0.8]]

    found = copy_detection.measure(a_comparison(easy, hard), LOOK)

    assert found.recall == 3 / 4
    assert found.alterations["alteration-0"].recall == 1.0
    assert found.alterations["alteration-1"].recall == 1 / 2
    assert found.alterations["alteration-1"].recall_alone == 1.0


def test_micro_ap_ranks_all_pairs_in_one_list():
    found = copy_detection.measure(a_comparison([[0.9, 0.7], [0.1, 0.6]]), LOOK)

    assert found.micro_ap == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)


def test_a_background_set_lowers_the_scores_of_a_copy_that_resembles_everything():
    # Two copies, two originals, one background picture: the first copy resembles all, the second only its original.
    scores = np.array([[[0.9, 0.8, 0.8], [0.0, 0.5, 0.0]]], np.float32)

    found = copy_detection.measure(Comparison(["alteration"], {LOOK: scores}, [[], []]), LOOK)

    assert (found.pictures, found.background) == (2, 1)
    assert found.micro_ap < found.micro_ap_normalised["1.0"]
    assert found.recall_normalised >= found.recall


def test_a_sample_has_no_picture_twice_and_names_unreadable_files(tmp_path: Path):
    paths = a_folder(tmp_path, 4)
    (tmp_path / "again.jpg").write_bytes(paths[0].read_bytes())
    (tmp_path / "letter.jpg").write_bytes(b"Dear museum, ...")

    chosen, refusals = altering.sample(sorted(tmp_path.iterdir()), limit=10)

    assert len(chosen) == 4
    assert "letter.jpg" in refusals[0]
    assert altering.sample(sorted(tmp_path.iterdir()), limit=10)[0] == chosen
    assert len(altering.sample(paths, limit=3)[0]) == 3


def test_painted_copies_are_found_from_end_to_end(tmp_path: Path):
    paths, _ = altering.sample(a_folder(tmp_path, 12), limit=12)
    embedder = QuarterEmbedder()

    originals = altering.describe(paths, embedder, [LOOK])
    comparison = altering.compare(originals, embedder, ["jpeg-30", "crop-50"])
    found = copy_detection.measure(comparison, LOOK)

    assert (found.pictures, found.background) == (8, 4)
    assert found.alterations["jpeg-30"].recall_alone == 1.0
    assert found.alterations["crop-50"].recall_alone < 1.0
    assert found.curve[-1][0] == 1.0


def test_look_alikes_are_listed_once_the_nearest_first(tmp_path: Path):
    paths = a_folder(tmp_path, 8)
    originals = altering.describe(paths, QuarterEmbedder(), [LOOK])

    near = copy_detection.look_alikes(originals, LOOK, most=3)

    assert [cosine for *_, cosine in near] == sorted((cosine for *_, cosine in near), reverse=True)
    assert all(i < j for i, j, _ in near)


def test_further_pictures_are_used_to_fit_the_projection_and_not_as_originals(tmp_path: Path):
    paths = rich_folder(tmp_path, 140)

    alone = altering.describe(paths[:9], QuarterEmbedder(), [LOOK])
    among_others = altering.describe(paths[:9], QuarterEmbedder(), [LOOK], paths[9:])

    assert alone.projections[LOOK] is None
    assert among_others.projections[LOOK].kind == "root-pca"
    assert len(among_others.paths) == 6
    assert len(among_others.stored[LOOK]) == 9
