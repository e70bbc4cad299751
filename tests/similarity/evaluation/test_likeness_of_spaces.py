"""evaluate_likeness on the site's own spaces and records: which works count, what is stored, what is refused."""

import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from collection.models import Artwork, ArtworkImage, Collection
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


def add_works(collection: Collection, count: int = 24, **fields: object) -> list[ArtworkImage]:
    """Add works of the two classes in turn, each with a picture."""
    return [
        factories.an_image(factories.a_work(collection, **{"classification": CLASSES[number % 2], **fields}))
        for number in range(count)
    ]


def embed(space: Space, images: list[ArtworkImage], sides: list[int] | None = None) -> None:
    """Store vectors near one of two axes, by default in turn."""
    sides = [number % 2 for number in range(len(images))] if sides is None else sides
    vectors = np.eye(4)[sides] + np.random.default_rng(2).normal(0, 0.05, (len(images), 4))
    store.put_all(space, [image.pk for image in images], vectors.astype(np.float32))


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_likeness", *arguments, stdout=out)
    return out.getvalue()


def measured(*arguments: str) -> dict:
    return json.loads(output_of("--json", *arguments))


def test_live_spaces_are_measured_and_stored_for_the_models_page():
    images = add_works(factories.a_collection())
    for lens in ("look", "colour"):
        embed(a_space(lens), images, None if lens == "look" else [0] * 24)

    found = measured()

    stored = stored_evaluations.latest(Evaluation.Kind.LIKENESS)
    assert list(found) == ["look", "colour"]
    assert found["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 24, "labels": 2}.items()
    assert found["look"]["measures"]["classification"]["chance"] == pytest.approx(11 / 23)
    assert found["colour"]["measures"]["classification"]["value"] < 0.8
    assert [(one.lens, one.dataset) for one in stored] == [("look", "all collections"), ("colour", "all collections")]
    assert stored[0].results == found["look"]


def test_fields_that_cannot_be_measured_are_stored_with_the_reason():
    embed(a_space(), add_works(factories.a_collection(), creators=["Unknown maker"], department="Prints"))

    measures = measured()["look"]["measures"]

    assert measures["maker"] == {"omitted": "No work names a known maker."}
    assert measures["culture"] == {"omitted": "No work has a culture."}
    assert measures["department"]["omitted"].startswith("All 24 works have the same department")


def test_each_work_counts_once_by_its_leading_picture():
    images = add_works(factories.a_collection())
    further = [factories.an_image(image.artwork) for image in images]
    space = a_space()
    embed(space, images)
    embed(
        space, further, [1 - number % 2 for number in range(24)]
    )  # further pictures have the vectors of the other class

    assert measured()["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 24}.items()


def test_a_known_duplicate_counts_once():
    images = add_works(factories.a_collection())
    DuplicatePair.objects.create(low=images[0], high=images[1], verdict=Verdict.DUPLICATE, decided_at=now())
    embed(a_space(), images)

    assert measured()["look"]["measures"]["classification"]["works"] == 23


def test_pictures_of_merged_works_are_not_measured_and_hide_no_others():
    alias, kept, *rest = add_works(factories.a_collection())
    DuplicatePair.objects.create(low=alias, high=kept, verdict=Verdict.DUPLICATE, decided_at=now())
    Artwork.objects.filter(pk=alias.artwork_id).update(merged_into=kept.artwork)
    space = a_space()
    embed(space, [alias, kept, *rest])

    everything = work_records.measure_vectors(store.vectors_of(space, [alias.pk, kept.pk, *(one.pk for one in rest)]))

    assert measured()["look"]["measures"]["classification"]["works"] == 23
    assert everything["measures"]["classification"]["works"] == 23


def test_works_are_compared_within_their_collection_and_one_collection_can_be_chosen():
    ours, theirs = factories.a_collection(slug="ours"), factories.a_collection(slug="theirs")
    space, images = a_space(), [*add_works(ours), *add_works(theirs)]
    embed(space, images, [number % 2 for number in range(24)] + [(number + 1) % 2 for number in range(24)])

    everywhere, here = measured(), measured("--collection", "ours")

    assert everywhere["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 48}.items()
    assert here["look"]["measures"]["classification"].items() >= {"value": 1.0, "works": 24}.items()
    assert set(Evaluation.objects.values_list("dataset", flat=True)) == {"all collections", "ours"}


def test_every_space_is_measured_on_the_same_sample_of_works(monkeypatch):
    monkeypatch.setattr(work_records, "MOST_WORKS", 22)
    images = add_works(factories.a_collection(), 60)
    for lens in ("look", "colour"):
        embed(a_space(lens), images)

    found = [one["measures"]["classification"] for one in measured().values()]

    assert [one["works"] for one in found] == [22, 22]
    assert found[0]["data"] == found[1]["data"]


def test_a_changed_record_changes_the_digest_of_the_data():
    images = add_works(factories.a_collection())
    embed(a_space(), images)
    before = measured()["look"]["measures"]["classification"]["data"]
    again = measured()["look"]["measures"]["classification"]["data"]
    images[0].artwork.classification = "Landscape"
    images[0].artwork.save()

    after = measured()["look"]["measures"]["classification"]["data"]

    assert before == again
    assert before != after


def test_a_space_that_is_not_live_is_measured_by_its_id_and_stored_beside_the_live_one():
    images = add_works(factories.a_collection())
    live, building = a_space(), a_space(state=SpaceState.BUILDING, projection="whitened-4:0123")
    for space in (live, building):
        embed(space, images)

    assert measured()["look"]["space"] == live.pk
    assert measured("--space", str(building.pk))["look"]["space"] == building.pk
    measured("--space", str(building.pk))

    stored = stored_evaluations.latest(Evaluation.Kind.LIKENESS)
    assert sorted(one.results["space"] for one in stored) == [live.pk, building.pk]


def test_the_table_has_shares_intervals_chance_and_reasons():
    embed(a_space(), add_works(factories.a_collection()))

    table = output_of("--no-save")

    assert "1.000 (1.000-1.000)   0.478      24" in table
    assert "same maker             not measured: No work names a known maker." in table
    assert not Evaluation.objects.exists()


def test_what_cannot_be_measured_is_refused_with_a_sentence():
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
