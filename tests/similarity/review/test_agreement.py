"""Cohen's kappa, against values computed by hand."""

import pytest

from similarity.duplicates.review.opinions import reviewer_agreement

D, S, U = "duplicate", "similar", "unrelated"


def table(*cells: tuple[str, str, int]) -> list[tuple[str, str]]:
    return [(one, other) for one, other, count in cells for _ in range(count)]


@pytest.mark.parametrize(
    ("given", "observed", "kappa"),
    [
        # 35 of 50 equal; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; (0.7 - 0.5) / 0.5
        (table((D, D, 20), (D, S, 5), (S, D, 10), (S, S, 15)), 0.7, 0.4),
        # 60 of 100 equal; by chance 0.7 * 0.6 + 0.3 * 0.4 = 0.54; 0.06 / 0.46
        (table((D, D, 45), (D, S, 25), (S, D, 15), (S, S, 15)), 0.6, 0.06 / 0.46),
        # three verdicts: by chance (4 * 5 + 3 * 3 + 3 * 2) / 100 = 0.35; (0.8 - 0.35) / 0.65
        (table((D, D, 4), (S, S, 2), (S, D, 1), (U, U, 2), (U, S, 1)), 0.8, 0.45 / 0.65),
        # full agreement on two verdicts
        (table((D, D, 1), (S, S, 1)), 1.0, 1.0),
        # never equal: by chance 0.5; -0.5 / 0.5
        (table((D, S, 5), (S, D, 5)), 0.0, -1.0),
        # one reviewer always gives the same verdict: no better than chance
        (table((D, D, 3), (D, S, 1)), 0.75, 0.0),
    ],
)
def test_kappa_is_the_agreement_beyond_chance(given: list[tuple[str, str]], observed: float, kappa: float):
    found = reviewer_agreement.measure(given)

    assert (found.count, found.observed) == (len(given), pytest.approx(observed))
    assert found.kappa == pytest.approx(kappa)


def test_without_pairs_the_agreement_is_unknown():
    assert reviewer_agreement.measure([]) == reviewer_agreement.Agreement(0, None, None)


@pytest.mark.parametrize("count", [1, 7])
def test_kappa_is_unknown_if_all_verdicts_are_the_same(count: int):
    assert reviewer_agreement.measure(table((D, D, count))) == reviewer_agreement.Agreement(count, 1.0, None)
