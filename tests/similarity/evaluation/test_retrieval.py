"""Retrieval: ranking a database for photographs."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from similarity.evaluation import retrieval, trial_vectors
from similarity.measures.ground_truth import GroundTruth, Query
from similarity.vision.descriptors import projection
from similarity.vision.networks import shipped
from similarity.vision.pixels import decoding
from tests import factories
from tests.similarity.evaluation.fakes import COLOUR, LOOK, MATCH, QuarterEmbedder


def a_folder(path: Path, seeds: tuple[int, ...]) -> list[str]:
    for seed in seeds:
        (path / f"{seed}.jpg").write_bytes(factories.painted(seed))
    return [f"{seed}.jpg" for seed in seeds]


def a_query(file: str, *matches: str) -> Query:
    return Query(file, frozenset(matches))


def test_queries_of_works_that_are_not_in_the_database_do_not_count(tmp_path: Path):
    files = a_folder(tmp_path, (5, 23, 42))
    truth = GroundTruth(files[:2], {"set": [a_query("5.jpg", "5.jpg"), a_query("42.jpg"), a_query("42.jpg", "x")]})

    (found,) = retrieval.evaluate(truth, tmp_path, QuarterEmbedder(), [LOOK])

    assert (found.scores["set"].queries, found.scores["set"].p_at_1) == (1, 1.0)
    assert found.projection is None


def test_every_requested_lens_is_scored(tmp_path: Path):
    files = a_folder(tmp_path, (5, 23, 42, 7))
    truth = GroundTruth(files, {"set": [a_query(file, file) for file in files]})

    found = retrieval.evaluate(truth, tmp_path, QuarterEmbedder(), [LOOK, COLOUR])

    assert [one.recipe for one in found] == [LOOK, COLOUR]
    assert all(one.scores["set"].p_at_1 == 1.0 for one in found)


def test_a_work_in_several_sets_of_queries_counts_once_overall(tmp_path: Path):
    files = a_folder(tmp_path, (5, 23, 42))
    queries = [a_query(file, file) for file in files]
    truth = GroundTruth(files, {"easy": queries, "wall": queries[:2]})

    (found,) = retrieval.evaluate(truth, tmp_path, QuarterEmbedder(), [LOOK])

    assert (found.scores["wall"].queries, found.scores["wall"].works) == (2, 2)
    assert (found.overall.queries, found.overall.works) == (5, 3)


def test_the_best_view_of_a_photograph_counts(tmp_path: Path):
    files = a_folder(tmp_path, (5, 23))
    photograph = Image.open(tmp_path / "5.jpg").resize((1_000, 800))
    photograph.paste(Image.open(tmp_path / "23.jpg").resize((320, 240)), (600, 500))
    photograph.save(tmp_path / "photo.png")
    truth = GroundTruth(files, {"set": [a_query("photo.png", "23.jpg"), a_query("5.jpg", "5.jpg")]})

    def cut_out(picture: Image.Image) -> list[Image.Image]:
        return [picture, picture.crop((600, 500, 920, 740))] if picture.width == 1_000 else [picture]

    (plain,) = retrieval.evaluate(truth, tmp_path, QuarterEmbedder(), [LOOK])
    (framed,) = retrieval.evaluate(truth, tmp_path, QuarterEmbedder(), [LOOK], cut_out)

    assert plain.scores["set"].p_at_1 == 1 / 2
    assert framed.scores["set"].p_at_1 == 1.0


def test_views_are_described_in_order_across_batches():
    pictures = [Image.new("RGB", (40, 40), (shade, 60, 200 - shade)) for shade in range(0, 200, 20)]

    def doubled(picture: Image.Image) -> list[Image.Image]:
        return [picture, picture.rotate(180)]

    many = trial_vectors.describe(pictures, QuarterEmbedder(), [LOOK], doubled)
    one_by_one = [
        trial_vectors.describe([picture], QuarterEmbedder(), [LOOK], doubled).raw[LOOK] for picture in pictures
    ]

    assert many.starts.tolist() == list(range(0, 20, 2))
    assert np.array_equal(many.raw[LOOK], np.concatenate(one_by_one))


def test_a_large_collection_gets_its_own_projections_but_none_for_colour():
    raw = np.random.default_rng(0).standard_normal((200, 48)).astype(np.float32)
    embedder = QuarterEmbedder()

    assert trial_vectors.projection_for(LOOK, raw, embedder).kind == "root-pca"
    assert trial_vectors.projection_for(MATCH, raw, embedder).kind == "whitened"
    assert trial_vectors.projection_for(LOOK, raw[:20], embedder) is None
    assert trial_vectors.projection_for(COLOUR, raw, embedder) is None


def test_a_shipped_projection_is_used_for_any_number_of_pictures(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    raw = np.random.default_rng(0).standard_normal((200, 48)).astype(np.float32)
    embedder = QuarterEmbedder()
    whitened = projection.whiten(raw, 8)
    file = tmp_path / "projections" / shipped.file_name(MATCH, embedder.identity.weights_digest)
    shipped.write(file, shipped.Fitted(whitened, [0.0] * 1001, 200))

    labels = {trial_vectors.projection_for(MATCH, raw[:count], embedder).label for count in (3, 150)}

    assert labels == {shipped.read(file).projection.label}
    assert trial_vectors.projection_for(LOOK, raw[:3], embedder) is None


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "letter.jpg").write_bytes(b"Dear museum, ...")

    with pytest.raises(decoding.UnreadableError, match=r"letter\.jpg"):
        trial_vectors.open_picture(tmp_path / "letter.jpg")
    with pytest.raises(decoding.UnreadableError, match=r"nothing\.jpg"):
        trial_vectors.open_picture(tmp_path / "nothing.jpg")
