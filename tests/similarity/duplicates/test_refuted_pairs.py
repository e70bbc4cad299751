"""A pair that nobody has decided, and that a later comparison refutes from both sides, leaves the queue."""

from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image

from collection import ingest
from collection.models import ArtworkImage
from similarity.duplicates import compared_pictures, detection, feature_store, grouping
from similarity.embedding import pipeline
from similarity.models import DuplicateCase, DuplicatePair, Opinion, Verdict
from similarity.spaces import lifecycle
from similarity.vision.copies import packed_features
from similarity.vision.local_features.features import Features
from tests import factories, fakes
from tests.pictures import landscape, packed
from tests.work import flag_all

pytestmark = pytest.mark.django_db


def described(*pictures: Image.Image) -> list[ArtworkImage]:
    """Return pictures of different works, which have vectors and were flagged."""
    collection, embedder = factories.a_collection(), fakes.FakeEmbedder()
    files = [ingest.NewPicture(packed(picture), "picture.png") for picture in pictures]
    images = [factories.add_picture(factories.a_work(collection), file) for file in files]
    fakes.opened(embedder)
    pipeline.run([embedder])
    flag_all()
    return images


def flag_again(*images: ArtworkImage) -> None:
    space = lifecycle.for_copies()
    assert space is not None
    with transaction.atomic():
        detection.flag_near(space, [image.pk for image in images])


def a_false_pair(low: ArtworkImage, high: ArtworkImage, **fields: object) -> DuplicatePair:
    """Return a pair as an earlier release or network suggested it."""
    return DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE, certainty=0.9, **fields)


def test_a_pair_that_local_features_refute_is_withdrawn(media: Path):
    low, high = described(landscape(5), landscape(42))
    a_false_pair(low, high)

    flag_again(high)

    assert not DuplicatePair.objects.exists()


def test_a_pair_that_somebody_has_decided_stays(media: Path):
    low, high = described(landscape(5), landscape(42))
    pair = a_false_pair(low, high, verdict=Verdict.DUPLICATE, decided_at=timezone.now())

    flag_again(low, high)

    assert list(DuplicatePair.objects.values_list("pk", "verdict", "certainty")) == [(pair.pk, Verdict.DUPLICATE, 0.9)]


@pytest.mark.parametrize("has_note", [True, False])
def test_a_pair_with_a_note_or_an_opinion_stays_for_people_but_hides_no_work(media: Path, has_note: bool):
    low, high = described(landscape(5), landscape(42))
    pair = a_false_pair(low, high, note="See the frame." if has_note else "")
    if not has_note:
        Opinion.objects.create(pair=pair, reviewer=factories.a_user(), verdict=Verdict.SIMILAR, at=timezone.now())

    flag_again(high)

    pair.refresh_from_db()
    assert (pair.suggested, pair.kind, pair.verdict) == (Verdict.SIMILAR, "different", Verdict.UNDECIDED)
    assert pair.certainty < 0.1


def test_the_case_of_a_withdrawn_pair_is_grouped_anew(media: Path):
    first, second, third = described(landscape(5), landscape(42), landscape(23))
    a_false_pair(first, second)
    a_false_pair(second, third)
    grouping.regroup([second.pk])
    assert DuplicateCase.objects.exists()

    flag_again(first)

    assert [pair.low for pair in DuplicatePair.objects.all()] == [second]  # the third was not compared again
    assert not DuplicateCase.objects.exists()


def a_detail_of(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 3, height // 4, width * 9 // 10, height * 4 // 5))


def keep_features(image: ArtworkImage, found: Features) -> None:
    feature_store.write(image.sha256, packed_features.pack(found))


def features_of(image: ArtworkImage) -> Features:
    picture = compared_pictures.read(image)
    assert picture is not None
    return picture.features


def test_a_pair_that_only_the_comparison_from_the_other_side_confirms_stays(media: Path):
    picture, detail = described(landscape(5), a_detail_of(landscape(5)))
    found = features_of(detail)
    # Each feature twice: the two nearest of any other are equal, which the ratio test refuses, and not the reverse.
    twice = [np.concatenate([values, values]) for values in (found.points, found.descriptors)]
    keep_features(detail, Features(twice[0], twice[1], found.grey))
    before = DuplicatePair.objects.get()

    flag_again(picture)

    assert DuplicatePair.objects.get() == before


def test_a_pair_is_withdrawn_once_no_side_confirms_it(media: Path):
    picture, detail = described(landscape(5), a_detail_of(landscape(5)))
    assert DuplicatePair.objects.exists()
    (other,) = described(landscape(42))
    keep_features(detail, features_of(other))

    flag_again(picture)

    assert not DuplicatePair.objects.exists()
