"""The forms by which administrators ask for spaces, and what the page says about the requests."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from similarity.models import Space, SpaceRequest, SpaceState
from similarity.workers import task_names
from tests import factories
from tests.similarity.spaces_page.making import a_space

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def weights(settings, tmp_path: Path) -> Path:
    """The folder of weights, with one file."""
    settings.KINDRED_HOME = tmp_path
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "mobile.pth").write_bytes(b"numbers" * 100)
    return folder


def ask(client: Client, **fields: Any) -> HttpResponse:
    filled_in = {"backbone": "mobilenet_v2", "weights_file": "mobile.pth", "lenses": ["look", "texture"]}
    return client.post(reverse("spaces-ask"), {**filled_in, "metric": "cosine", **fields}, follow=True)


def test_a_request_waits_and_a_worker_is_woken_for_it(admin_client: Client, broker):
    page = ask(admin_client, metric="l2", auto_activate="on").text

    waiting = SpaceRequest.objects.get()
    assert (waiting.backbone, waiting.weights_file, waiting.lenses) == (
        "mobilenet_v2",
        "mobile.pth",
        ["look", "texture"],
    )
    assert (waiting.metric, waiting.auto_activate, waiting.requested_by.username) == ("l2", True, "admin")
    assert "mobilenet_v2, mobile.pth: Look, Texture" in page
    assert "Waiting for a worker" in page
    assert broker.tasks() == [task_names.PLAN_REQUESTS]


def test_the_files_in_the_folder_are_offered_and_where_to_put_others_is_said(admin_client: Client, weights: Path):
    page = admin_client.get(reverse("spaces")).text

    assert "mobile.pth, 700\N{NO-BREAK SPACE}bytes" in page
    assert f"into {weights}, then reload this page" in page
    assert "torchvision&#x27;s if they have been fetched. Otherwise it uses random numbers (untrained)" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"backbone": "mobilnet_v2"}, "did you mean mobilenet_v2?"),
        ({"backbone": "Mobile Net"}, "A network&#x27;s name has only letters, digits and underscores."),
        ({"backbone": ""}, "This field is required."),
        ({"weights_file": "../mobile.pth"}, "This file is no longer in the folder."),
        ({"lenses": []}, "Choose at least one lens."),
        ({"lenses": ["colour"]}, "Select a valid choice."),
        ({"lenses": ["texture"], "pooling": "rmac-3"}, "Only the look has several poolings."),
        ({"metric": "taxicab"}, "Select a valid choice."),
    ],
)
def test_a_wrong_value_gets_a_sentence_beside_its_field_and_is_kept(admin_client: Client, fields, sentence):
    answer = ask(admin_client, **{"metric": "l2", **fields})

    assert answer.status_code == 422
    assert sentence in answer.text.split('id="plan-network"')[1]
    assert sentence not in answer.text.split('id="plan-network"')[0]
    assert f'value="{fields.get("backbone", "mobilenet_v2")}"' in answer.text or fields.get("backbone") == ""
    assert not SpaceRequest.objects.exists()


def test_the_same_request_twice_is_refused(admin_client: Client):
    ask(admin_client)

    answer = ask(admin_client)

    assert answer.status_code == 422
    assert "The same request is already waiting for a worker." in answer.text


@pytest.mark.parametrize("lenses", [["texture", "look"], ["look", "texture", "look"]])
def test_the_same_lenses_in_another_way_are_the_same_request(admin_client: Client, lenses: list[str]):
    ask(admin_client, lenses=["look", "texture"])

    answer = ask(admin_client, lenses=lenses)

    assert "The same request is already waiting for a worker." in answer.text
    assert SpaceRequest.objects.get().lenses == ["look", "texture"]


def test_the_supported_networks_are_proposed(admin_client: Client):
    page = admin_client.get(reverse("spaces")).text

    assert '<option value="squeezenet1_0">' in page


def test_the_table_reloads_soon_while_a_request_waits_and_not_for_a_refused_one(admin_client: Client):
    ask(admin_client)

    waiting = admin_client.get(reverse("spaces")).text
    SpaceRequest.objects.update(problem="The file is damaged.")
    refused = admin_client.get(reverse("spaces"), headers={"HX-Request": "true"}).text

    assert "load delay:3s" in waiting
    assert "hx-trigger" not in refused
    assert "The file is damaged." in refused


def test_many_requests_take_as_many_queries_as_one(admin_client: Client, django_assert_num_queries):
    ask(admin_client)
    with CaptureQueriesContext(connection) as of_one:
        admin_client.get(reverse("spaces"))
    queries = len(of_one)
    for lens in ("subject", "composition"):
        ask(admin_client, lenses=[lens])

    with django_assert_num_queries(queries):
        admin_client.get(reverse("spaces"))


def test_a_refused_request_is_tried_again_or_dismissed_from_the_page(admin_client: Client, broker):
    ask(admin_client)
    SpaceRequest.objects.update(problem="The file is damaged.", attempts=1)
    refused = SpaceRequest.objects.get()
    broker.clear()

    admin_client.post(reverse("spaces-ask-again", args=[refused.pk]))
    tried_again = SpaceRequest.objects.get()
    admin_client.post(reverse("spaces-dismiss", args=[refused.pk]))
    twice = admin_client.post(reverse("spaces-dismiss", args=[refused.pk]))

    assert (tried_again.problem, tried_again.attempts) == ("", 0)
    assert task_names.PLAN_REQUESTS in broker.tasks()
    assert not SpaceRequest.objects.exists()
    assert twice.status_code == 302


def test_a_refit_that_cannot_be_planned_is_refused_beside_its_form(admin_client: Client):
    live = a_space(SpaceState.LIVE)
    wanted = {"like": live.pk, "metric": "l2"}
    admin_client.post(reverse("spaces-plan"), wanted)

    answer = admin_client.post(reverse("spaces-plan"), wanted)

    assert answer.status_code == 422
    assert "is already being built" in answer.text
    assert '<option value="l2" selected>' in answer.text
    assert Space.objects.filter(state=SpaceState.FITTING).count() == 1


def test_a_space_that_is_ready_is_made_live_from_the_comparison(admin_client: Client, two: tuple[Space, Space]):
    old, new = two

    page = admin_client.get(reverse("spaces-compare", args=[new.pk, old.pk])).text

    assert reverse("spaces-activate", args=[new.pk]) in page
    assert reverse("spaces-activate", args=[old.pk]) not in page
    assert f"It replaces No. {old.pk}" in page
    assert page.index('<span class="tag">Ready</span>') < page.index('<span class="tag">Live</span>')


def test_a_network_may_be_written_as_its_papers_do(admin_client: Client):
    ask(admin_client, backbone=" MobileNet_V2 ")

    assert SpaceRequest.objects.get().backbone == "mobilenet_v2"


@pytest.mark.parametrize("name", ["spaces-ask", "spaces-ask-again", "spaces-dismiss"])
def test_only_administrators_ask_and_dismiss(client: Client, admin_client: Client, name: str):
    ask(admin_client)
    SpaceRequest.objects.update(problem="The file is damaged.")
    refused = SpaceRequest.objects.get()
    client.force_login(factories.a_user("curator", curates=factories.a_collection()))

    answer = client.post(reverse(name, args=[] if name == "spaces-ask" else [refused.pk]))

    assert answer.status_code == 403
    assert SpaceRequest.objects.get().problem == "The file is damaged."


@pytest.mark.parametrize("pooling", ["gem-3", "rmac-3"])
def test_a_look_of_two_networks_has_no_other_pooling(admin_client: Client, pooling: str):
    live = a_space(SpaceState.LIVE, backbone="vgg16+mobilenet_v2")

    answer = admin_client.post(reverse("spaces-plan"), {"like": live.pk, "pooling": pooling, "metric": "cosine"})

    assert answer.status_code == 422
    assert "only its own pooling" in answer.text
    assert not Space.objects.filter(state=SpaceState.FITTING).exists()


def test_a_space_of_the_release_before_is_not_offered_for_a_refit(admin_client: Client):
    old = a_space(SpaceState.PREVIOUS, pooling="grid-4-squashed")

    answer = admin_client.post(reverse("spaces-plan"), {"like": old.pk, "metric": "cosine"})

    assert answer.status_code == 422
