"""How far two reviewers agree: the share of equal verdicts, and Cohen's kappa."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from similarity.duplicates.review.opinions import opinions
from similarity.duplicates.review.verdicts import Pairs
from similarity.models import Opinion


@dataclass(frozen=True)
class Agreement:
    """The agreement on `count` pairs with two opinions.

    observed: share of pairs with equal verdicts, 0 to 1. kappa: -1 to 1. Both are None without pairs. kappa is also
    None if all verdicts are the same, because it would be 0 / 0.
    """

    count: int
    observed: float | None
    kappa: float | None


def between(pairs: Pairs) -> Agreement:
    """Return the agreement of the first two opinions on each of these pairs. One query."""
    of_pairs = Opinion.objects.filter(pair__in=pairs.order_by().values("pk")).order_by()
    grouped = of_pairs.values("pair").annotate(count=Count("pk"), given=ArrayAgg("verdict", order_by=("at", "pk")))
    rows = grouped.filter(count__gte=opinions.REVIEWERS).values_list("given", flat=True)
    return measure((given[0], given[1]) for given in rows)


def measure(given: Iterable[tuple[str, str]]) -> Agreement:
    """Compute Cohen's kappa of pairs of verdicts: the first reviewer's and the second one's.

    kappa = (observed - expected) / (1 - expected), where `expected` is the share of equal verdicts if both reviewers
    gave their verdicts at random, each as often as they did. J. Cohen, A coefficient of agreement for nominal scales,
    Educational and Psychological Measurement 20 (1960), 37-46.
    """
    table = Counter(given)
    count = sum(table.values())
    if not count:
        return Agreement(0, None, None)
    equal = sum(number for (one, other), number in table.items() if one == other)
    firsts, seconds = Counter[str](), Counter[str]()
    for (one, other), number in table.items():
        firsts[one] += number
        seconds[other] += number
    by_chance = sum(firsts[verdict] * seconds[verdict] for verdict in firsts)  # of count * count, exactly
    kappa = (equal * count - by_chance) / (count * count - by_chance) if by_chance < count * count else None
    return Agreement(count, equal / count, kappa)
