"""A look that is learned from records: beside plain looks, in comparisons, and when its worker dies."""

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
from tests.similarity.supervision.test_supervised_spaces import CLASSES, EACH, a_look, filled

pytestmark = pytest.mark.django_db

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(factories.a_user(is_superuser=True))
    return client


def asked() -> SpaceRequest:
    wanted = SpaceRequest(supervised_by="classification", lenses=["look"], metric="cosine")
    space_requests.ask(wanted)
    return wanted


def compared(client: Client, one: Space, other: Space) -> str:
    return client.get(reverse("spaces-compare", args=[one.pk, other.pk])).text


def test_the_comparison_shows_both_looks_on_works_that_were_not_fitted_on(administrator: Client):
    live = a_look()
    filled(live)
    space = supervision.plan("classification")

    page = compared(administrator, space, live)

    found = space.supervision
    table = page.split('<table class="learned">')[1].split("</table>")[0]
    assert f"neighbours of the same class, on {found['plain']['works']} works" in table
    for title, name in (("Learned", "supervised"), ("Plain", "plain")):
        assert f"{title}</th><td>{100 * found[name]['value']:.1f}{NO_BREAK}%</td>" in table
    assert f"{found['ratio']:.2f} times the share of the plain look" in page


def test_two_plain_looks_are_compared_without_such_a_table(administrator: Client):
    live = a_look()
    filled(live)
    other = supervision.plan("classification")
    Space.objects.filter(pk=other.pk).update(supervision=None)

    assert '<table class="learned">' not in compared(administrator, other, live)


def test_who_makes_one_live_that_is_not_better_is_told_so_on_the_comparison_too(administrator: Client):
    live = a_look()
    filled(live)
    space = supervision.plan("classification")
    Space.objects.filter(pk=space.pk).update(
        state=SpaceState.PREVIOUS, supervision={**space.supervision, "ratio_interval": [0.9, 1.2]}
    )

    page = compared(administrator, space, live)

    asked_first = page.split(f'action="{reverse("spaces-activate", args=[space.pk])}"')[1].split("</form>")[0]
    assert "it is not clearly better than the plain look" in asked_first


def test_one_that_waits_for_a_person_keeps_no_plain_refit_back():
    live = a_look()
    filled(live)
    supervision.plan("classification")

    planned = planning.plan(live.identity, live.recipe)

    assert (planned.state, planned.supervision) == (SpaceState.FITTING, None)


def test_one_that_waits_for_a_person_keeps_no_refit_of_a_grown_collection_back():
    live = a_look()
    filled(live)
    supervision.plan("classification")
    Space.objects.filter(pk=live.pk).update(fitted_on=EACH * len(CLASSES) // 2)

    fitting.plan_refits()

    assert Space.objects.filter(state=SpaceState.FITTING).count() == 1


def test_the_records_that_it_was_fitted_on_do_not_measure_it():
    live = a_look()
    filled(live)
    space = supervision.plan("classification")

    learned, plain = (work_records.measure(each)["measures"] for each in (space, live))

    assert {one["omitted"] for one in learned.values()} == {work_records.LEARNED}
    assert "value" in plain["classification"]


def test_works_without_a_class_count_by_their_pins_and_are_not_measured():
    live = a_look()
    ids = filled(live)
    Artwork.objects.filter(pk__in=ids[:2]).update(classification="")
    one, other = (Artwork.objects.get(pk=pk) for pk in ids[:2])
    before = supervision.learn("classification")

    curation.pin(one, other, factories.a_user(curates=one.collection))
    after = supervision.learn("classification")

    assert (before.results["pins"], after.results["pins"]) == (0, 1)
    assert before.results["works"] == after.results["works"] == len(ids) - 2
    assert cosine(after, one, other) > cosine(before, one, other)


def cosine(learned: supervision.Learned, *works: Artwork) -> float:
    vectors = store.vectors_of(learned.plain, [work.images.get().pk for work in works])
    one, other = learned.fitted.apply(np.stack(list(vectors.values())))
    return float(one @ other)


def test_a_worker_that_dies_while_it_fits_leaves_the_request_to_the_next():
    filled(a_look())
    waiting = asked()
    SpaceRequest.objects.filter(pk=waiting.pk).update(attempts=1)  # as one that was killed leaves it

    learning_requests.run()

    assert Space.objects.filter(supervision__isnull=False).count() == 1
    assert not SpaceRequest.objects.exists()


def test_a_worker_that_dies_while_it_moves_vectors_leaves_them_to_embedding():
    live = a_look()
    filled(live)
    space = supervision.begin(supervision.learn("classification"))  # and no further

    lifecycle.add_missing_jobs(space)  # as the repair does every few minutes

    assert job_queue.left(space.job_key) == live.embeddings.count()
    assert lifecycle.live() == live


def test_what_was_withdrawn_while_it_was_learned_is_not_built():
    filled(a_look())
    taken = asked()

    SpaceRequest.objects.all().delete()
    learning_requests.learn(taken)

    assert not Space.objects.filter(supervision__isnull=False).exists()


def test_workers_that_die_of_it_are_not_asked_for_ever():
    filled(a_look())
    waiting = asked()
    SpaceRequest.objects.filter(pk=waiting.pk).update(attempts=space_requests.ATTEMPTS_LIMIT)

    learning_requests.run()

    assert SpaceRequest.objects.get().problem == space_requests.GAVE_UP_LEARNING
    assert not Space.objects.filter(supervision__isnull=False).exists()
