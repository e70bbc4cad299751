"""Likeness measured on the site's own spaces and records: which works count, what is kept, what is refused."""

import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from collection.models import ArtworkImage, Collection
from similarity.evaluation import stored_evaluations
from similarity.index import store
from similarity.learning import work_records
from similarity.models import DuplicatePair, Evaluation, Space, SpaceState, Verdict
from tests import factories

pytestmark = pytest.mark.django_db

CLASSES = ("Portrait", "Landscape")


def a_space(lens: str = "look", state: SpaceState = SpaceState.LIVE, **fields: object) -> Space:
    defaults = {"backbone": "vgg16", "weights_digest": "a" * 64, "is_trained": True, "pooling": "mean", "dimensions": 4}
    return Space.objects.create(lens=lens, state=state, **{**defaults, **fields})


def hung(collection: Collection, count: int = 24, **fields: object) -> list[ArtworkImage]:
    """Works by turns of the two classes, each with a picture."""
    return [
        factories.an_image(factories.a_work(collection, **{"classification": CLASSES[place % 2], **fields}))
        for place in range(count)
    ]


def embed(space: Space, images: list[ArtworkImage], sides: list[int] | None = None) -> None:
    """Vectors along one of two axes, by turns; those of a side lie together."""
    sides = [place % 2 for place in range(len(images))] if sides is None else sides
    vectors = np.eye(4)[sides] + np.random.default_rng(2).normal(0, 0.05, (len(images), 4))
    store.put_all(space, [image.pk for image in images], vectors.astype(np.float32))


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_likeness", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> dict:
    return json.loads(output_of("--json", *arguments))


def test_live_spaces_are_measured_and_kept_for_the_models_page():
    images = hung(factories.a_collection())
    for lens in ("look", "colour"):
        embed(a_space(lens), images, None if lens == "look" else [0] * 24)

    found = told()

    kept = stored_evaluations.latest(Evaluation.Kind.LIKENESS)
    assert list(found) == ["look", "colour"]
    assert found["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 24, "labels": 2}.items()
    assert found["look"]["measures"]["classification"]["chance"] == pytest.approx(11 / 23)
    assert found["colour"]["measures"]["classification"]["value"] < 0.8
    assert [(one.lens, one.dataset) for one in kept] == [("look", "all collections"), ("colour", "all collections")]
    assert kept[0].results == found["look"]


def test_measures_without_a_meaning_are_kept_with_their_reason():
    embed(a_space(), hung(factories.a_collection(), creators=["Unknown maker"], department="Prints"))

    measures = told()["look"]["measures"]

    assert measures["maker"] == {"omitted": "No work names a known maker."}
    assert measures["culture"] == {"omitted": "No work has a culture."}
    assert measures["department"]["omitted"].startswith("All 24 works have the same department")


def test_each_work_counts_once_by_its_leading_picture():
    images = hung(factories.a_collection())
    further = [factories.an_image(image.artwork) for image in images]
    space = a_space()
    embed(space, images)
    embed(space, further, [1 - place % 2 for place in range(24)])  # other views lie on the wrong side

    assert told()["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 24}.items()


def test_a_known_duplicate_counts_once():
    images = hung(factories.a_collection())
    DuplicatePair.objects.create(low=images[0], high=images[1], verdict=Verdict.DUPLICATE, decided_at=now())
    embed(a_space(), images)

    assert told()["look"]["measures"]["classification"]["works"] == 23


def test_works_are_compared_within_their_collection_and_one_collection_can_be_chosen():
    ours, theirs = factories.a_collection(slug="ours"), factories.a_collection(slug="theirs")
    space, images = a_space(), [*hung(ours), *hung(theirs)]
    embed(space, images, [place % 2 for place in range(24)] + [(place + 1) % 2 for place in range(24)])

    everywhere, here = told(), told("--collection", "ours")

    assert everywhere["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 48}.items()
    assert here["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 24}.items()
    assert set(Evaluation.objects.values_list("dataset", flat=True)) == {"all collections", "ours"}


def test_of_more_works_than_are_measured_the_same_sample_is_drawn_for_every_space(monkeypatch):
    monkeypatch.setattr(work_records, "MOST_WORKS", 22)
    images = hung(factories.a_collection(), 60)
    for lens in ("look", "colour"):
        embed(a_space(lens), images)

    found = [one["measures"]["classification"] for one in told().values()]

    assert [one["works"] for one in found] == [22, 22]
    assert found[0]["data"] == found[1]["data"]


def test_other_records_are_other_data():
    images = hung(factories.a_collection())
    embed(a_space(), images)
    before = told()["look"]["measures"]["classification"]["data"]
    again = told()["look"]["measures"]["classification"]["data"]
    images[0].artwork.classification = "Landscape"
    images[0].artwork.save()

    after = told()["look"]["measures"]["classification"]["data"]

    assert before == again
    assert before != after


def test_a_space_that_is_not_live_is_measured_by_its_id_and_kept_beside_the_live_one():
    images = hung(factories.a_collection())
    live, building = a_space(), a_space(state=SpaceState.BUILDING, projection="whitened-4:0123")
    for space in (live, building):
        embed(space, images)

    assert told()["look"]["space"] == live.pk
    assert told("--space", str(building.pk))["look"]["space"] == building.pk
    told("--space", str(building.pk))

    kept = stored_evaluations.latest(Evaluation.Kind.LIKENESS)
    assert sorted(one.results["space"] for one in kept) == [live.pk, building.pk]


def test_the_table_tells_shares_intervals_chance_and_reasons():
    embed(a_space(), hung(factories.a_collection()))

    table = output_of("--no-save")

    assert "1.000 (1.000-1.000)   0.478      24" in table
    assert "same maker             not measured: No work names a known maker." in table
    assert not Evaluation.objects.exists()


def test_what_cannot_be_measured_is_refused_in_a_sentence():
    fitting = a_space(state=SpaceState.FITTING)

    with pytest.raises(CommandError, match="no live space; has"):
        output_of()
    with pytest.raises(CommandError, match="no live space for the lens 'look'"):
        output_of("--lens", "look")
    with pytest.raises(CommandError, match=f"Space {fitting.pk} is fitting: it has no vectors"):
        output_of("--space", str(fitting.pk))
    with pytest.raises(CommandError, match="There is no space 0"):
        output_of("--space", "0")
    with pytest.raises(CommandError, match="There is no collection 'nowhere'"):
        output_of("--collection", "nowhere")
