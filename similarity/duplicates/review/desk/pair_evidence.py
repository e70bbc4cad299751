"""The measurements of a pair, in words that a reviewer knows."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

from similarity.duplicates import proposals
from similarity.models import DuplicatePair

SIGNAL_NAMES = {
    proposals.MATCH: gettext_noop("Distance by the neural network"),
    proposals.REGION: gettext_noop("Distance by the neural network, of a part of a picture"),
    proposals.HASH: gettext_noop("Differing bits of the picture hash, of 64"),
    proposals.TURNED_HASH: gettext_noop("Differing bits of the picture hash, turned or mirrored, of 64"),
    proposals.TWIN: gettext_noop("Differing bits of the twin values, of 48"),
    proposals.PIXELS: gettext_noop("Equal pixels"),
}
EQUAL_PIXELS = {proposals.PIXELS}  # signals whose value is 1 or 0


def lines(pair: DuplicatePair) -> list[tuple[str, str]]:
    """Return the evidence of a pair as names and values. What was not measured is left out."""
    measured = [
        (gettext("Kind"), pair.get_kind_display()),
        (gettext("Compared by"), pair.get_rule_display()),
        (gettext("Suggested"), pair.get_suggested_display()),
        (gettext("Places that match"), whole(pair.inliers)),
        (gettext("Part of the first picture that the second shows"), percent(pair.low_share)),
        (gettext("Part of the second picture that the first shows"), percent(pair.high_share)),
        (gettext("Agreement of the structure"), percent(pair.correlation)),
        (gettext("Colour difference (CIELAB units)"), tenths(pair.colour_difference)),
        (gettext("How the pictures lie on one another"), pair.get_relation_display() if pair.relation else ""),
    ]
    return [(name, value) for name, value in measured if value] + signal_lines(pair)


def signal_lines(pair: DuplicatePair) -> list[tuple[str, str]]:
    """Return the signals that proposed the pair."""
    return [(name_of(key), value_of(key, value)) for key, value in pair.signals.items()]


def name_of(key: str) -> str:
    """Return the name of a signal. One without a name of its own is shown by its key."""
    return gettext(SIGNAL_NAMES[key]) if key in SIGNAL_NAMES else key.replace("_", " ").capitalize()


def value_of(key: str, value: object) -> str:
    if key in EQUAL_PIXELS:
        return gettext("yes") if value else gettext("no")
    return number_format(Decimal(f"{value:.4g}")) if isinstance(value, int | float) else str(value)


def whole(value: int | None) -> str:
    return "" if value is None else str(value)


def tenths(value: float | None) -> str:
    return "" if value is None else number_format(round(value, 1), 1)


def percent(share: float | None) -> str:
    return "" if share is None else f"{int(100 * max(share, 0))} %"
