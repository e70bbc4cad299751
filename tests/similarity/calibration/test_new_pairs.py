"""Pairs that are flagged after a choice take the chosen cut, and what follows from the suggestion follows the cut."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from collection import ingest
from collection.models import Artwork
from similarity.duplicates import cuts, rescoring
from similarity.duplicates.cuts import Cuts
from similarity.embedding import pipeline
from similarity.models import DuplicatePair, Verdict
from similarity.neighbours import similar_works
from tests import factories, fakes
from tests.work import flag_all

pytestmark = pytest.mark.django_db


def a_work_and_its_copy() -> tuple[Artwork, Artwork]:
    """Return two published works whose pictures are a picture and a recompressed copy of it, flagged."""
    collection = factories.a_collection()
    file = BytesIO()
    Image.open(BytesIO(factories.painted(23))).save(file, "JPEG", quality=30)
    works = [factories.a_work(collection) for _ in range(2)]
    for work, data in zip(works, (factories.painted(23), file.getvalue()), strict=True):
        factories.add_picture(work, ingest.NewPicture(data, "picture.jpg"))
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    pipeline.run([embedder])
    flag_all()
    return works[0], works[1]


def choose(suggest_from: float) -> None:
    latest = cuts.latest()
    cuts.choose(Cuts(suggest_from, 0.0), factories.a_user(), after=latest and latest.pk, note="", numbers={})


def test_a_new_pair_has_a_certainty_and_the_suggestion_of_the_default_cut(media: Path):
    a_work_and_its_copy()

    pair = DuplicatePair.objects.get()
    assert 0.9 < pair.certainty < 1
    assert pair.certainty == cuts.certainty_of(pair)
    assert pair.suggested == Verdict.DUPLICATE


def test_a_new_pair_below_the_chosen_cut_is_suggested_as_similar(media: Path):
    choose(1.0)

    a_work_and_its_copy()

    assert DuplicatePair.objects.get().suggested == Verdict.SIMILAR


def test_copies_are_left_out_of_similar_works_only_above_the_cut(media: Path):
    original, copy = a_work_and_its_copy()
    reader = factories.a_user(is_superuser=True)
    assert copy not in [each.work for each in similar_works.similar(original, reader)]

    choose(1.0)
    while rescoring.run():
        pass

    assert copy in [each.work for each in similar_works.similar(original, reader)]
