"""Report how the network and lens of a space scored, for the page that compares two spaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext, gettext_noop, ngettext

from similarity.measures.bootstrap import UNKNOWN
from similarity.models import Evaluation, Space
from similarity.vision.descriptors import projection

NOT_PROJECTED = gettext_noop("unprojected")
AT_95_PERCENT = 3  # rule of three: after n works without a mistake, the error rate is below 3 / n with 95 % confidence


def scored(space: Space) -> "Scored | None":
    """Return the newest retrieval scores of the space's network and lens, from any collection and data set.

    Prefer scores with the same kind of projection. If there are none, take others and add a caution.
    """
    same = Evaluation.objects.filter(
        kind=Evaluation.Kind.RETRIEVAL, lens=space.lens, pooling=space.pooling, backbone=space.backbone,
        weights_digest=space.weights_digest,
    )  # fmt: skip
    kind = projection.kind_of(space.projection)
    alike = same.filter(projection__startswith=f"{kind}-") if kind else same.filter(projection="")
    found = alike.first() or same.first()
    if found is None:
        return None
    answered = {name: scores for name, scores in found.results["sets"].items() if scores.get("queries") != 0}
    return Scored(
        found, [in_words(*each) for each in answered.items()], caution(kind, projection.kind_of(found.projection))
    )


def caution(own: str, measured: str) -> str:
    """Return a caution if the measured vectors were projected differently from the space's own; else ""."""
    if own == measured:
        return ""
    text = gettext("Measured with %(measured)s vectors; the vectors of this space are %(own)s.")
    return text % {"measured": measured or gettext(NOT_PROJECTED), "own": own or gettext(NOT_PROJECTED)}


def in_words(name: str, scores: Mapping[str, Any]) -> str:
    """Return for example "75 % of 30 queries of walls (95 % interval 60–88 %)". Older scores may lack the rest."""
    share, queries = scores["p_at_1"], scores.get("queries")
    if queries:
        text = ngettext("%(share)s of %(count)s query of %(set)s", "%(share)s of %(count)s queries of %(set)s", queries)
    else:
        text = gettext("%(share)s of %(set)s")
    text %= {"share": percent(share), "count": intcomma(queries or 0), "set": name}
    bracket = certainty(share, scores.get("p_at_1_interval"), scores.get("works", queries) or 0)
    return f"{text} ({bracket})" if bracket else text


def certainty(share: float, interval: Sequence[float] | None, works: int) -> str:
    """Return a text on the certainty of a share. For a share of 0 or 1, a bootstrap interval would have zero width."""
    if works and (works <= AT_95_PERCENT or (interval and tuple(interval) == UNKNOWN)):
        return gettext("too few works for an interval")
    if works and share in (0, 1):
        text = (
            gettext("none wrong; up to %(share)s could still be wrong")
            if share
            else gettext("none right; up to %(share)s could still be right")
        )
        return text % {"share": percent(AT_95_PERCENT / works)}
    if not interval:
        return ""
    ends = {"low": f"{100 * interval[0]:.0f}", "high": percent(interval[1])}
    return (gettext("95 %% interval %(low)s–%(high)s") % ends).replace(" %", "\N{NO-BREAK SPACE}%")


def percent(share: float) -> str:
    """Return a share 0..1 in whole per cent, joined to its sign by a no-break space."""
    return f"{points(share)}\N{NO-BREAK SPACE}%"


def points(share: float) -> int:
    """Return a share 0..1 in whole per cent. Only a share of 1 gives 100; others give at most 99."""
    return round(100 * (share if share >= 1 else min(share, 0.99)))


@dataclass(frozen=True)
class Scored:
    evaluation: Evaluation
    sets: list[str]  # for each set of queries, how often the right work was first
    caution: str
