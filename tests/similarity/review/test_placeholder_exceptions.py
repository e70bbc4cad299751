"""A reviewer can state that a picture which many works share is no placeholder. Its pairs then return to the queue."""

import pytest

from collection.models import AuditEntry
from similarity import sweeping
from similarity.duplicates import placeholders
from similarity.models import DuplicateCase, DuplicatePair, PlaceholderException
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in
from tests.similarity.review.test_blank_pictures import MANY, sharing, waiting

pytestmark = pytest.mark.django_db

DIGEST = "a" * 64
EXCEPT = f"/review/blank/{DIGEST}/except/"
UNDO = f"{EXCEPT}undo/"


def marks() -> set[bool]:
    return set(DuplicatePair.objects.values_list("stands_for_many", flat=True))


def test_the_pairs_of_a_picture_that_is_no_placeholder_return_to_the_queue_and_stay_there():
    sharing(MANY, DIGEST)
    reviewer = signed_in(factories.a_user("ada", is_superuser=True))

    answer = reviewer.post(EXCEPT, follow=True)
    sweeping.repair()

    assert "Its pairs are in the queue again" in answer.text
    assert waiting(reviewer) == MANY - 1
    assert DuplicateCase.objects.count() == 1
    assert reviewer.get("/review/blank/?show=placeholders").context["lines"] == []
    assert [line.works for line in reviewer.get("/review/blank/?show=not-placeholders").context["lines"]] == [MANY]


def test_another_work_with_the_picture_does_not_make_it_a_placeholder_again():
    images = sharing(MANY, DIGEST)
    reviewer = signed_in(is_superuser=True)
    reviewer.post(EXCEPT)

    last = factories.an_image(factories.a_work(images[0].collection), pixel_digest=DIGEST)
    a_pair(low=images[0], high=last, is_identical=True)
    placeholders.note([last.pk])

    assert marks() == {False}


def test_it_can_be_undone():
    sharing(MANY, DIGEST)
    reviewer = signed_in(is_superuser=True)
    reviewer.post(EXCEPT)

    answer = reviewer.post(UNDO, follow=True)

    assert "Undone." in answer.text
    assert (waiting(reviewer), marks(), DuplicateCase.objects.count()) == (0, {True}, 0)
    assert not PlaceholderException.objects.exists()


def test_both_are_in_the_audit_log():
    images = sharing(MANY, DIGEST)
    reviewer = signed_in(factories.a_user("ada", is_superuser=True))
    reviewer.post(EXCEPT)
    reviewer.post(UNDO)

    entries = AuditEntry.objects.order_by("pk").filter(kind="picture", object_id=images[0].pk)
    found = list(entries.values_list("user_name", "verb", "detail__as", "detail__works"))

    assert found == [("ada", "decided", "no placeholder", MANY), ("ada", "took back", "no placeholder", MANY)]


def test_a_pair_with_another_placeholder_stays_out_of_the_queue():
    first, other = sharing(MANY, DIGEST), sharing(MANY, "b" * 64)
    both = a_pair(low=first[0], high=other[0])
    placeholders.note([first[0].pk])

    signed_in(is_superuser=True).post(EXCEPT)

    assert DuplicatePair.objects.get(pk=both.pk).stands_for_many
    assert DuplicatePair.objects.filter(stands_for_many=False).count() == MANY - 1


def test_the_second_of_two_reviewers_reads_that_nothing_was_left_to_change():
    sharing(MANY, DIGEST)
    reviewer = signed_in(is_superuser=True)

    answers = [reviewer.post(address, follow=True).text for address in (EXCEPT, EXCEPT, UNDO, UNDO)]

    assert "no placeholder by now, so nothing was changed" in answers[1]
    assert "counts as any other by now, so nothing was changed" in answers[3]
    assert AuditEntry.objects.filter(detail__as="no placeholder").count() == 2


def test_a_curator_may_decide_for_their_own_works_only():
    own, other = factories.a_collection(), factories.a_collection()
    sharing(MANY, DIGEST, own)
    curator = signed_in(curates=own)
    factories.an_image(factories.a_work(other), pixel_digest=DIGEST)

    refused = curator.post(EXCEPT, follow=True).text
    other.artworks.all().delete()
    accepted = curator.post(EXCEPT, follow=True).text

    assert "Please ask an administrator" in refused
    assert "Its pairs are in the queue again" in accepted


def test_outsiders_change_nothing():
    sharing(MANY, DIGEST)

    assert signed_in().post(EXCEPT).status_code == 403
    assert signed_in(curates=factories.a_collection()).post(EXCEPT).status_code == 404
    assert signed_in(is_superuser=True).post("/review/blank/none/except/").status_code == 404
    assert signed_in(is_superuser=True).get(EXCEPT).status_code == 405
    assert marks() == {True}


def test_each_list_and_the_page_of_the_works_have_the_button():
    sharing(MANY, DIGEST)
    reviewer = signed_in(is_superuser=True)

    before = [reviewer.get(address).text for address in ("/review/blank/", f"/review/blank/{DIGEST}/")]
    reviewer.post(EXCEPT)
    after = [reviewer.get(each).text for each in ("/review/blank/?show=not-placeholders", f"/review/blank/{DIGEST}/")]

    assert all(f'action="{EXCEPT}"' in page for page in before)
    assert all(f'action="{UNDO}"' in page for page in after)
