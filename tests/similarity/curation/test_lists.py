"""The effect of pins and bans on a work's list of similar works."""

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from similarity.index import percentiles
from similarity.models import Embedding, Space
from similarity.neighbours import curation, similar_works
from similarity.spaces import lifecycle
from tests import factories
from tests.similarity.placed_works import a_work_seen, least_like, see, works_of

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def test_pinned_works_come_first_in_the_order_of_their_pinning(work, near, middle, far, curator):
    curation.pin(work, far, curator)
    curation.pin(work, middle, curator)

    assert works_of(similar_works.similar(work, VISITOR)) == [far, middle, near]
    assert [one.is_pinned for one in similar_works.similar(work, VISITOR) or []] == [True, True, False]


def test_a_banned_work_is_never_in_the_list_even_if_it_is_the_nearest(work, near, middle, far, curator):
    curation.ban(work, near, curator)

    assert works_of(similar_works.similar(work, VISITOR)) == [middle, far]
    assert works_of(similar_works.similar(work, curator, 1)) == [middle]


def test_pins_and_bans_hold_for_every_lens_and_blend(work, near, middle, far, curator):
    curation.pin(work, near, curator)
    curation.ban(work, middle, curator)

    for blend in ({"look": 1.0}, {"colour": 1.0}, {"look": 50.0, "colour": 50.0}):
        assert works_of(similar_works.similar(work, VISITOR, blend=blend)) == [near, far]


def test_the_list_of_another_work_does_not_change(work, near, middle, far, curator):
    before = works_of(similar_works.similar(near, VISITOR))
    curation.ban(work, near, curator)
    curation.pin(work, far, curator)

    assert works_of(similar_works.similar(near, VISITOR)) == before


def test_withdrawing_restores_the_list(work, near, middle, far, curator):
    curation.pin(work, far, curator)
    curation.ban(work, near, curator)

    curation.withdraw(curation.Kind.PIN, work, far, curator)
    curation.withdraw(curation.Kind.BAN, work, near, curator)

    assert works_of(similar_works.similar(work, VISITOR)) == [near, middle, far]


def test_a_list_has_k_works_however_many_are_pinned_or_banned(opened, collection, work, near, middle, far, curator):
    others = [a_work_seen(opened, collection, 1.1 + n / 50, 1.1) for n in range(6)]
    curation.pin(work, others[5], curator)
    curation.pin(work, near, curator)
    curation.ban(work, middle, curator)
    curation.ban(work, others[0], curator)

    assert works_of(similar_works.similar(work, VISITOR, 4)) == [others[5], near, far, others[1]]
    assert works_of(similar_works.similar(work, VISITOR, 1)) == [others[5]]


def test_bans_of_many_near_works_still_leave_k_others(opened, collection, work, curator):
    others = [a_work_seen(opened, collection, n / 1000, 0.0) for n in range(1, 31)]
    for banned in others[:20]:
        curation.ban(work, banned, curator)

    assert works_of(similar_works.similar(work, VISITOR, 10)) == others[20:]


def test_a_pinned_work_that_a_visitor_may_not_see_is_left_out_for_that_visitor(opened, collection, work, near, curator):
    draft = a_work_seen(opened, collection, 0.7, 0.7, is_published=False)
    unseen_draft = factories.an_image(factories.a_work(collection, is_published=False)).artwork
    curation.pin(work, draft, curator)
    curation.pin(work, unseen_draft, curator)

    assert works_of(similar_works.similar(work, VISITOR)) == [near]
    assert works_of(similar_works.similar(work, factories.a_user())) == [near]
    assert works_of(similar_works.similar(work, curator)) == [draft, unseen_draft, near]


def test_a_pinned_work_without_vectors_is_shown_without_a_percentile(work, near, collection, curator):
    new = factories.an_image(factories.a_work(collection)).artwork
    factories.an_image(new)
    curation.pin(work, new, curator)

    first, second = similar_works.similar(work, VISITOR) or []
    blended = (similar_works.similar(work, VISITOR, blend={"look": 1.0, "colour": 1.0}) or [])[0]

    assert (first.work, first.image.position, first.caption) == (new, 0, "")
    assert second.work == near
    assert (blended.work, blended.caption) == (new, "")


def test_pins_are_shown_before_the_work_itself_has_vectors(work, near, curator):
    curation.pin(work, near, curator)
    Embedding.objects.filter(image__artwork=work).delete()

    assert works_of(similar_works.similar(work, VISITOR)) == [near]


def test_a_pinned_work_without_a_picture_is_left_out(work, near, collection, curator):
    curation.pin(work, factories.a_work(collection), curator)

    assert works_of(similar_works.similar(work, VISITOR)) == [near]


def test_pins_keep_to_the_collection_that_is_asked_for(opened, work, near, curator):
    elsewhere = a_work_seen(opened, factories.a_collection(), 0.2, 0.2)
    new = factories.an_image(factories.a_work(elsewhere.collection)).artwork
    curation.pin(work, elsewhere, curator)
    curation.pin(work, new, curator)

    assert works_of(similar_works.similar(work, VISITOR)) == [elsewhere, new, near]
    assert works_of(similar_works.similar(work, VISITOR, collection=work.collection)) == [near]


def test_a_pinned_work_beyond_the_nearest_has_its_percentile_and_its_best_picture(opened, work, near, far, curator):
    even = np.linspace(0.0, 2.0, percentiles.STEPS + 1).tolist()  # cosine distances of random pairs, evenly spread
    Space.objects.filter(pk=opened["look"].pk).update(quantiles=even)
    best = factories.an_image(far)
    see(opened, best, 0.9, 0.9)
    curation.pin(work, far, curator)

    (pinned,) = similar_works.similar(work, VISITOR, 1) or []

    assert (pinned.work, pinned.image) == (far, best)
    assert pinned.closer_than == pytest.approx(100 * (1 - (1 - np.cos(0.9)) / 2), abs=0.2)


def test_pins_and_bans_do_not_change_the_least_similar_works(work, near, middle, far, curator):
    before = works_of(least_like(work))
    curation.pin(work, far, curator)
    curation.ban(work, near, curator)

    assert works_of(least_like(work)) == before == [far, middle, near]


def test_a_search_by_picture_finds_banned_works(work, near, middle, curator):
    curation.ban(work, near, curator)
    (query,) = similar_works.queries_of(work, similar_works.DEFAULT_BLEND, lifecycle.live_spaces())

    found = similar_works.nearest([similar_works.Query(query.space, query.vectors)], VISITOR, 3)

    assert works_of(found) == [work, near, middle]


def test_the_api_names_what_a_curator_has_chosen(client: Client, work, near, middle, far, curator):
    curation.pin(work, far, curator)
    curation.ban(work, near, curator)

    answer = client.get(f"/api/v1/artworks/{work.pk}/similar").json()

    assert [(one["artwork"]["id"], one["chosen_by_curator"]) for one in answer] == [(far.pk, True), (middle.pk, False)]


def test_a_list_takes_one_query_more_for_statements_and_one_a_lens_for_pins_far_away(
    opened, collection, work, near, middle, far, curator, django_assert_num_queries
):
    live = lifecycle.live_spaces()
    others = [a_work_seen(opened, collection, 1.2 + number / 50, 0.0) for number in range(20)]
    queries = 4  # vectors of the work, statements, neighbours, pictures
    with django_assert_num_queries(queries):
        similar_works.similar(work, VISITOR, 4, live=live)

    curation.pin(work, middle, curator)
    curation.ban(work, near, curator)
    with django_assert_num_queries(queries):
        assert works_of(similar_works.similar(work, VISITOR, 4, live=live)) == [middle, far, *others[:2]]

    for pinned in others[-3:]:
        curation.pin(work, pinned, curator)
    with django_assert_num_queries(queries + 1):
        assert works_of(similar_works.similar(work, VISITOR, 4, live=live)) == [middle, *others[-3:]]
