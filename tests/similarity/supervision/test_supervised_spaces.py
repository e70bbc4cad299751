"""Supervised looks: built from stored vectors, measured on held-out works, never live automatically."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from similarity import sweeping
from similarity.index import store
from similarity.learning import learning_requests, supervision
from similarity.models import Space, SpaceRequest, SpaceState
from similarity.neighbours import curation
from similarity.spaces import fitting, lifecycle, planning
from similarity.vision.contract import Identity, Recipe
from similarity.vision.descriptors import projection
from tests import factories

pytestmark = pytest.mark.django_db

CLASSES = ("Print", "Drawing", "Painting", "Textile")
EACH = 20
NOISE = 2.0  # along directions that do not depend on the class


def a_look() -> Space:
    """Return a live look with a fitted projection."""
    raw = projection.unit(np.random.default_rng(0).standard_normal((300, 24)).astype(np.float32))
    fitted = projection.root_pca(raw, [24], 24)
    space = Space(
        lens="look", backbone="fake", weights_digest="f" * 64, is_trained=True, pooling="mean-24",
        projection=fitted.label, dimensions=fitted.dimensions, fitted_on=300,
    )  # fmt: skip
    return planning.begin(space, fitted)


def add_works(space: Space, classes: tuple[str, ...] = CLASSES, each: int = EACH) -> list[int]:
    """Create works whose vectors differ a little by class and a lot at random. Return their ids."""
    rng = np.random.default_rng(1)
    collection = factories.a_collection()
    centres = 2.5 * rng.standard_normal((len(classes), space.dimensions)) * (np.arange(space.dimensions) < 4)
    spread = np.where(np.arange(space.dimensions) < 4, 0.8, NOISE)
    works = []
    for number in range(each * len(classes)):
        kind = number % len(classes)
        work = factories.a_work(collection, classification=classes[kind], creators=[f"Maker {number}"])
        vector = centres[kind] + rng.standard_normal(space.dimensions) * spread
        store.put_all(space, [factories.an_image(work).pk], projection.unit(vector[None].astype(np.float32)))
        works.append(work.pk)
    return works


def test_a_supervised_look_is_better_on_held_out_works():
    live = a_look()
    add_works(live)

    space = supervision.plan("classification")

    found = space.supervision
    assert found["supervised"]["value"] > found["plain"]["value"]
    assert (found["works"], found["classes"]) == (EACH * len(CLASSES), len(CLASSES))
    assert f"Learned from {EACH * len(CLASSES)} records" in supervision.in_words(found)


def test_it_has_vectors_of_all_pictures_by_the_projection_that_later_pictures_get():
    live = a_look()
    add_works(live)
    before = store.vectors_of(live, live.embeddings.values_list("image_id", flat=True))

    space = supervision.plan("classification")

    after = store.vectors_of(space, list(before))
    assert after.keys() == before.keys()
    step = space_projection(space).steps[-1]
    pk, vector = next(iter(before.items()))
    expected = projection.unit(step.apply(vector[None]))[0]
    assert after[pk] == pytest.approx(expected, abs=2e-3)


def space_projection(space: Space) -> projection.Projection:
    from similarity.spaces import projections

    return projections.of(space.pk, space.projection)


def test_it_never_goes_live_automatically_and_is_never_refitted():
    live = a_look()
    add_works(live)
    space = supervision.plan("classification")

    sweeping.sweep()
    fitting.plan_refits()

    space.refresh_from_db()
    assert (space.state, lifecycle.live()) == (SpaceState.BUILDING, live)
    lifecycle.switch_to(space)
    fitting.plan_refits()
    assert not Space.objects.filter(state=SpaceState.FITTING).exists()


def test_after_a_supervised_look_is_live_the_next_is_still_fitted_on_the_plain_one():
    live = a_look()
    works = add_works(live)
    lifecycle.switch_to(supervision.plan("classification"))
    one, other = (factories.Artwork.objects.get(pk=pk) for pk in (works[0], works[1]))
    curation.ban(one, other, factories.a_user(is_superuser=True))

    again = supervision.plan("classification")

    assert len(space_projection(again).steps) == len(space_projection(live).steps) + 1
    assert again.supervision["bans"] == 1


def test_a_pin_changes_the_fitted_projection():
    live = a_look()
    works = add_works(live)
    before = supervision.plan("classification")
    one, other = (factories.Artwork.objects.get(pk=pk) for pk in (works[0], works[1]))
    curation.pin(one, other, factories.a_user(is_superuser=True))

    after = supervision.plan("classification")

    assert (after.supervision["pins"], before.supervision["pins"]) == (1, 0)
    assert after.projection != before.projection


@pytest.mark.parametrize(
    ("classes", "each", "sentence"),
    [
        (("Print",), 30, "At least 2 classes"),
        (tuple(f"Class {n}" for n in range(30)), 1, "At least 2 classes"),
        (("",), 30, "class"),
    ],
)
def test_too_few_classes_are_refused_with_the_reason(classes: tuple[str, ...], each: int, sentence: str):
    add_works(a_look(), classes, each)

    with pytest.raises(lifecycle.SpaceError, match=sentence):
        supervision.plan("classification")
    assert Space.objects.count() == 1


def test_without_a_fitted_look_there_is_nothing_to_learn_from():
    planning.open_plain(Identity("fake", "f" * 64, True), Recipe("look", "cells"), 24)

    with pytest.raises(lifecycle.SpaceError, match="no finished look"):
        supervision.plan("classification")


def test_the_same_records_are_not_learned_twice():
    live = a_look()
    add_works(live)
    first = supervision.plan("classification")

    with pytest.raises(lifecycle.SpaceError, match=f"Space {first.pk} is identical"):
        supervision.plan("classification")


def test_the_command_prints_the_score_and_refuses_other_options(capsys):
    add_works(a_look())

    call_command("spaces", "build", "--supervised", "classification")

    assert "neighbours have the same class (plain look:" in capsys.readouterr().out
    with pytest.raises(CommandError, match="takes no other option"):
        call_command("spaces", "build", "--supervised", "classification", "--backbone", "resnet18")


def test_an_administrator_requests_it_and_a_worker_builds_it(client: Client):
    add_works(a_look())
    client.force_login(factories.a_user(is_superuser=True))

    answer = client.post("/spaces/learn/", {"supervised_by": "classification"})
    waiting = client.get("/spaces/")
    learning_requests.run()
    done = client.get("/spaces/")

    assert answer.status_code == 302
    assert "Look learned from the records: classification" in waiting.text
    assert "On works that it did not learn from" in done.text
    assert not SpaceRequest.objects.exists()


def test_the_page_shows_why_a_worker_refused_a_request(client: Client):
    add_works(a_look(), ("Print",), 30)
    client.force_login(factories.a_user(is_superuser=True))
    client.post("/spaces/learn/", {"supervised_by": "classification"})

    learning_requests.run()

    assert "At least 2 classes" in client.get("/spaces/").text


def test_only_administrators_may_request_it_and_only_for_fields_of_the_records(client: Client):
    client.force_login(factories.a_user())
    refused = client.post("/spaces/learn/", {"supervised_by": "classification"})
    client.force_login(factories.a_user(is_superuser=True))
    wrong = client.post("/spaces/learn/", {"supervised_by": "shoe size"})

    assert (refused.status_code, wrong.status_code) == (403, 422)
    assert not SpaceRequest.objects.exists()


def test_halves_that_are_too_small_are_refused_with_the_reason():
    add_works(a_look(), ("Print", "Drawing"), 8)

    with pytest.raises(lifecycle.SpaceError, match="one half is too small"):
        supervision.plan("classification")


def test_an_outdated_look_is_not_learned_from():
    live = a_look()
    add_works(live)
    Space.objects.filter(pk=live.pk).update(pooling="cells-squashed")

    with pytest.raises(lifecycle.SpaceError, match="no finished look"):
        supervision.plan("classification")
