"""A request of an administrator becomes spaces, once; one that cannot be planned says why."""

from pathlib import Path

import pytest

from similarity import sweeping
from similarity.embedding import network_requests
from similarity.models import Space, SpaceRequest, SpaceState
from similarity.spaces import lifecycle, space_requests
from similarity.vision.contract import Recipe
from similarity.workers import task_names
from tests import fakes
from tests.similarity.spaces.asking import answer_all, asked, embedders_with, failing
from tests.similarity.spaces.growing import filled, settle, uploaded, whitened

pytestmark = pytest.mark.django_db(transaction=True)  # workers see what others have committed


def test_a_request_becomes_spaces_that_are_built_beside_the_live_one(media: Path):
    old, live = whitened("old")
    asked(("look", "texture"))
    new = fakes.FakeEmbedder(weights="asked for", lenses=("look", "texture"))

    answer_all(lambda lens, backbone, file: new)
    settle(old, new)

    built = Space.objects.get(weights_digest="asked for", lens="look")
    assert (built.state, lifecycle.live()) == (SpaceState.BUILDING, live)
    assert built.embeddings.count() == live.embeddings.count()
    assert Space.objects.filter(weights_digest="asked for", lens="texture").exists()
    assert not SpaceRequest.objects.exists()


def test_spaces_that_are_asked_to_go_live_by_themselves_do(media: Path):
    old, _ = whitened("old")
    asked(auto_activate=True)
    new = fakes.FakeEmbedder(weights="asked for")

    answer_all(lambda lens, backbone, file: new)
    settle(old, new)

    assert lifecycle.live().weights_digest == "asked for"


def test_metric_and_pooling_are_those_that_were_asked_for(media: Path):
    uploaded(8)
    filled("old")
    embedder = fakes.FakeEmbedder(weights="asked for", lenses=("look", "texture"))
    embedder.recipes[Recipe("look", "rmac-3")] = fakes.DIMENSIONS
    asked(("look", "texture"), pooling="rmac-3", metric="l2")

    answer_all(lambda lens, backbone, file: embedder)

    planned = Space.objects.filter(weights_digest="asked for").order_by("lens")
    assert [(each.recipe, each.metric) for each in planned] == [
        (Recipe("look", "rmac-3"), "l2"),
        (Recipe("texture", "cells"), "l2"),
    ]


def test_a_lens_that_the_network_lacks_is_told_and_the_others_are_planned(media: Path):
    uploaded(8)
    filled("old")
    asked(("look", "subject"))

    answer_all(embedders_with("look"))

    left = SpaceRequest.objects.get()
    assert (left.lenses, left.problem) == (["subject"], "fake does not offer the lens 'subject'.")
    assert Space.objects.filter(weights_digest="asked for", lens="look", state=SpaceState.FITTING).exists()


def test_a_request_for_a_space_that_is_being_built_says_so(media: Path):
    uploaded(8)
    filled("old")
    asked()
    answer_all(embedders_with("look"))
    asked()

    answer_all(embedders_with("look"))

    assert "is already being built" in SpaceRequest.objects.get().problem
    assert Space.objects.filter(weights_digest="asked for").count() == 1


def test_an_unexpected_error_is_logged_recorded_in_a_sentence_and_not_tried_again(caplog):
    asked()
    asked(("texture",))

    answered = answer_all(failing(RuntimeError("CUDA out of memory")))

    assert answered == 2
    assert {each.problem for each in SpaceRequest.objects.all()} == {space_requests.UNEXPECTED}
    assert "CUDA out of memory" in caplog.text


def test_the_same_is_not_asked_for_twice_while_it_waits():
    asked()

    with pytest.raises(space_requests.RequestError, match="already waiting for a worker"):
        asked()

    assert SpaceRequest.objects.count() == 1


def test_a_new_request_replaces_the_same_one_that_was_refused(media: Path):
    asked()
    answer_all(failing(RuntimeError()))

    asked()

    assert SpaceRequest.objects.get().problem == ""


def test_what_was_refused_is_answered_once_it_is_asked_again(media: Path):
    uploaded(8)
    filled("old")
    refused = asked()
    answer_all(failing(RuntimeError()))

    space_requests.ask_again(refused)
    answer_all(embedders_with("look"))

    assert Space.objects.filter(weights_digest="asked for").exists()


def test_what_was_dismissed_is_not_planned(media: Path):
    uploaded(8)
    filled("old")
    space_requests.dismiss(asked())

    assert not network_requests.run(failing(AssertionError("a dismissed one")))


def test_the_sweep_sends_a_lost_message_again(broker):
    asked()
    broker.clear()

    sweeping.sweep()
    unsettled = not sweeping.is_settled()

    assert task_names.PLAN_REQUESTS in broker.tasks()
    assert unsettled
