"""Two opinions that differ are both kept: who has seen the other one can settle the pair, and not withdraw."""

import pytest
from django.contrib.auth.models import User

from similarity.duplicates.review import verdicts
from similarity.models import DuplicatePair, Opinion, Verdict
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_reviewers")]


def test_an_opinion_cannot_be_withdrawn_once_the_other_one_can_be_read(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pair.pk, Verdict.SIMILAR, ben)

    answer = signed_in(ben).post(f"{pair.get_absolute_url()}desk/", {"verdict": "undecided"})

    assert answer.status_code == 409
    assert "page of disagreements" in answer.text
    assert Opinion.objects.count() == 2
    assert DuplicatePair.objects.get().verdict == Verdict.UNDECIDED
