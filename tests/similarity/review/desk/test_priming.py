"""A button stands out only for near-certain duplicates, on the desk and in the list."""

import pytest
from django.test import Client

from similarity.duplicates.review.desk import priming
from similarity.models import DuplicatePair, Kind, Rule, Verdict
from tests.similarity.review.queued import a_pair, signed_in

STRONG = {"suggested": "duplicate", "kind": Kind.REENCODED, "rule": Rule.FEATURES, "inliers": 200, "correlation": 0.97}


@pytest.mark.parametrize("kind", [Kind.SAME_FILE, Kind.SAME_PIXELS])
def test_equal_files_and_pixels_are_near_certain(kind: Kind) -> None:
    assert priming.primed(DuplicatePair(suggested="duplicate", kind=kind, is_identical=True)) == Verdict.DUPLICATE


@pytest.mark.parametrize("kind", [Kind.REENCODED, Kind.RECOLOURED, Kind.BORDERED, Kind.TURNED, Kind.MIRRORED])
def test_a_copy_that_many_places_confirm_is_near_certain(kind: Kind) -> None:
    assert priming.is_near_certain(DuplicatePair(**{**STRONG, "kind": kind}))


@pytest.mark.parametrize(
    "change",
    [
        {"suggested": "similar"},
        {"kind": Kind.DETAIL},
        {"kind": Kind.OVERLAID},
        {"kind": Kind.OTHER_PHOTOGRAPH},
        {"kind": Kind.UNKNOWN, "is_identical": True},  # two blank pages
        {"rule": Rule.REGISTRATION},
        {"inliers": 20},
        {"inliers": None},
        {"correlation": 0.7},
    ],
    ids=str,
)
def test_a_pair_with_weaker_evidence_has_no_suggested_button(change: dict[str, object]) -> None:
    assert priming.primed(DuplicatePair(**{**STRONG, **change})) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("inliers", "count"), [(200, 1), (20, 0)])
def test_the_list_and_the_desk_suggest_the_same_button(inliers: int, count: int) -> None:
    pair = a_pair(**{**STRONG, "inliers": inliers})
    reviewer: Client = signed_in(is_superuser=True)

    pages = [reviewer.get(address).text for address in ("/review/", pair.get_absolute_url())]

    assert [page.count("button--main") for page in pages] == [count, count]
