"""Supervised looks beside plain ones: comparisons, refits, requests, and workers that die."""

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from collection.jobs import job_queue
from collection.models import Artwork
from similarity.index import store
from similarity.learning import learning_requests, supervision, work_records
from similarity.models import Space, SpaceRequest, SpaceState
from similarity.neighbours import curation
from similarity.spaces import fitting, lifecycle, planning, space_requests
from tests import factories
from tests.similarity.supervision.test_supervised_spaces import CLASSES, EACH, a_look, add_works

pytestmark = pytest.mark.django_db

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(factories.a_user(is_superuser=True))
    return client


def requested() -> SpaceRequest:
    request = SpaceRequest(supervised_by="classification", lenses=["look"], metric="cosine")
    space_requests.ask(request)
    return request


def compared(client: Client, one: Space, other: Space) -> str:
    return client.get(reverse("spaces-compare", args=[one.pk, other.pk])).text


def test_the_comparison_shows_how_both_looks_scored_on_held_out_works(administrator: Client):
    live = a_look()
    add_works(live)
    space = supervision.plan("classification")

    page = compared(administrator, space, live)

    found = space.supervision
    table = page.split('<table class="learned">')[1].split("</table>")[0]
    assert f"neighbours of the same class, on {found['plain']['works']} works" in table
    for title, name in (("Learned", "supervised"), ("Plain", "plain")):
        assert f"{title}</th><td>{100 * found[name]['value']:.1f}{NO_BREAK}%</td>" in table
    assert f"{found['ratio']:.2f} times the share of the plain look" in page


def test_the_comparison_of_two_plain_looks_has_no_such_table(administrator: Client):
    live = a_look()
    add_works(live)
    other = supervision.plan("classification")
    Space.objects.filter(pk=other.pk).update(supervision=None)

    assert '<table class="learned">' not in compared(administrator, other, live)


def test_the_comparison_warns_before_a_look_that_is_not_clearly_better_goes_live(administrator: Client):
    live = a_look()
    add_works(live)
    space = supervision.plan("classification")
    Space.objects.filter(pk=space.pk).update(
        state=SpaceState.PREVIOUS, supervision={**space.supervision, "ratio_interval": [0.9, 1.2]}
    )

    page = compared(administrator, space, live)

    form = page.split(f'action="{reverse("spaces-activate", args=[space.pk])}"')[1].split("</form>")[0]
    assert "it is not clearly better than the plain look" in form


def test_a_finished_supervised_look_does_not_prevent_planning_a_plain_one():
    live = a_look()
    add_works(live)
    supervision.plan("classification")

    planned = planning.plan(live.identity, live.recipe)

    assert (planned.state, planned.supervision) == (SpaceState.FITTING, None)


def test_a_finished_supervised_look_does_not_prevent_the_refit_of_a_grown_collection():
    live = a_look()
    add_works(live)
    supervision.plan("classification")
    Space.objects.filter(pk=live.pk).update(fitted_on=EACH * len(CLASSES) // 2)

    fitting.plan_refits()

    assert Space.objects.filter(state=SpaceState.FITTING).count() == 1


def test_it_is_not_measured_on_the_records_that_it_was_fitted_on():
    live = a_look()
    add_works(live)
    space = supervision.plan("classification")

    learned, plain = (work_records.measure(each)["measures"] for each in (space, live))

    assert {one["omitted"] for one in learned.values()} == {work_records.LEARNED}
    assert "value" in plain["classification"]


def test_pins_of_works_without_a_class_are_learned_and_the_works_are_not_measured():
    live = a_look()
    ids = add_works(live)
    Artwork.objects.filter(pk__in=ids[:2]).update(classification="")
    one, other = (Artwork.objects.get(pk=pk) for pk in ids[:2])
    before = supervision.learn("classification")

    curation.pin(one, other, factories.a_user(curates=one.collection))
    after = supervision.learn("classification")

    assert (before.results["pins"], after.results["pins"]) == (0, 1)
    assert before.results["works"] == after.results["works"] == len(ids) - 2
    assert cosine(after, one, other) > cosine(before, one, other)


def test_nothing_is_learned_from_merged_works_and_their_pins():
    ids = add_works(a_look())
    one, other = (Artwork.objects.get(pk=pk) for pk in ids[:2])
    curation.pin(one, other, factories.a_user(curates=one.collection))
    Artwork.objects.filter(pk=one.pk).update(merged_into=ids[4])

    results = supervision.learn("classification").results

    assert (results["works"], results["pins"]) == (len(ids) - 1, 0)


def cosine(learned: supervision.Learned, *works: Artwork) -> float:
    vectors = store.vectors_of(learned.plain, [work.images.get().pk for work in works])
    one, other = learned.fitted.apply(np.stack(list(vectors.values())))
    return float(one @ other)


def test_after_a_worker_dies_while_fitting_the_next_answers_the_request():
    add_works(a_look())
    waiting = requested()
    SpaceRequest.objects.filter(pk=waiting.pk).update(attempts=1)  # as after a worker was killed

    learning_requests.run()

    assert Space.objects.filter(supervision__isnull=False).count() == 1
    assert not SpaceRequest.objects.exists()


def test_after_a_worker_dies_while_mapping_vectors_the_pictures_are_embedded():
    live = a_look()
    add_works(live)
    space = supervision.begin(supervision.learn("classification"))  # the worker dies before it maps the vectors

    lifecycle.add_missing_jobs(space)  # sweeping.repair calls this every few minutes

    assert job_queue.left(space.job_key) == live.embeddings.count()
    assert lifecycle.live() == live


def test_a_request_withdrawn_while_fitting_is_not_built():
    add_works(a_look())
    taken = requested()

    SpaceRequest.objects.all().delete()
    learning_requests.learn(taken)

    assert not Space.objects.filter(supervision__isnull=False).exists()


def test_a_request_that_killed_several_workers_fails():
    add_works(a_look())
    waiting = requested()
    SpaceRequest.objects.filter(pk=waiting.pk).update(attempts=space_requests.ATTEMPTS_LIMIT)

    learning_requests.run()

    assert SpaceRequest.objects.get().problem == space_requests.GAVE_UP_LEARNING
    assert not Space.objects.filter(supervision__isnull=False).exists()
