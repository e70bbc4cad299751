"""Mirrored copies and details reach the queue, with a word on how they lie; what was decided of them stays."""

from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from PIL import Image, ImageOps

from collection import ingest
from collection.models import ArtworkImage, Collection, Step, StepState
from similarity.duplicates import verdicts
from similarity.embedding import pipeline
from similarity.index.percentiles import STEPS
from similarity.models import DuplicatePair, Space, Verdict
from tests import factories, fakes
from tests.pictures import landscape, packed
from tests.work import flag_all

pytestmark = pytest.mark.django_db


def add(collection: Collection, picture: Image.Image) -> ArtworkImage:
    return ingest.add(factories.a_work(collection), ingest.NewPicture(packed(picture), "picture.png"))


def run_pipeline() -> None:
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    pipeline.run([embedder])
    flag_all()


def run_again() -> None:
    Step.objects.update(state=StepState.PENDING, attempts=0)
    run_pipeline()


def a_detail(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 3, height // 4, width * 9 // 10, height * 4 // 5))


def test_a_mirrored_copy_is_flagged_and_other_pictures_are_not(media: Path):
    collection = factories.a_collection()
    original, *_ = [add(collection, landscape(seed)) for seed in (5, 23, 42)]
    copy = add(collection, ImageOps.mirror(landscape(5)))

    run_pipeline()

    (pair,) = DuplicatePair.objects.all()
    assert (pair.low, pair.high) == (original, copy)
    assert (pair.suggested, pair.relation) == (Verdict.DUPLICATE, "mirrored")
    assert pair.percent > 90


@pytest.mark.parametrize("is_detail_first", [True, False])
def test_a_detail_with_a_record_of_its_own_is_flagged_as_similar(media: Path, is_detail_first: bool):
    collection = factories.a_collection()
    pictures = [landscape(5), a_detail(landscape(5))]
    for picture in reversed(pictures) if is_detail_first else pictures:
        add(collection, picture)
        run_pipeline()

    pair = DuplicatePair.objects.get()

    assert (pair.suggested, pair.relation, pair.hash_distance) == (Verdict.SIMILAR, "detail", None)


@pytest.mark.parametrize("alter", [ImageOps.mirror, a_detail])
def test_what_was_decided_of_such_a_pair_outlives_a_second_run(media: Path, alter):
    collection, reviewer = factories.a_collection(), factories.a_user(is_superuser=True)
    add(collection, landscape(5))
    add(collection, alter(landscape(5)))
    run_pipeline()
    before = DuplicatePair.objects.get()
    verdicts.decide(before.pk, Verdict.UNRELATED, reviewer)

    run_again()

    after = DuplicatePair.objects.get()
    assert (after.pk, after.verdict, after.decided_by) == (before.pk, Verdict.UNRELATED, reviewer)
    assert after.relation == before.relation != ""


def test_in_a_measured_space_only_what_is_very_near_gets_a_closer_look(media: Path):
    collection = factories.a_collection()
    add(collection, landscape(5))
    add(collection, ImageOps.mirror(landscape(5)))
    fakes.opened(fakes.FakeEmbedder())
    Space.objects.update(quantiles=np.linspace(-1, 1, STEPS + 1).tolist())  # all that is there is farther apart

    run_pipeline()

    assert not DuplicatePair.objects.exists()


def test_details_of_one_work_are_no_pair(media: Path):
    work = factories.a_work()
    for picture in (landscape(5), a_detail(landscape(5))):
        ingest.add(work, ingest.NewPicture(packed(picture), "view.png"))

    run_pipeline()

    assert not DuplicatePair.objects.exists()


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        ("", "Agreement when overlaid: 91 %."),
        ("mirrored", "Agreement when overlaid, with one picture mirrored: 91 %."),
        ("detail", "One picture seems to be a detail of the other. Agreement in that part: 91 %."),
    ],
)
def test_reviewers_read_how_a_pair_lies(client: Client, relation: str, words: str):
    low, high = (factories.an_image() for _ in range(2))
    DuplicatePair.objects.create(low=low, high=high, correlation=0.913, relation=relation, suggested="similar")
    client.force_login(factories.a_user(is_superuser=True))

    assert words in client.get("/review/").text
