"""The measurements of a pair, in words that a reviewer knows."""

from similarity.duplicates import proposals
from similarity.models import DuplicatePair

SIGNAL_NAMES = {
    proposals.MATCH: "Distance by the neural network",
    proposals.REGION: "Distance by the neural network, of a part of a picture",
    proposals.HASH: "Differing bits of the picture hash, of 64",
    proposals.TURNED_HASH: "Differing bits of the picture hash, turned or mirrored, of 64",
    proposals.TWIN: "Differing bits of the twin values, of 48",
    proposals.PIXELS: "Equal pixels",
}
EQUAL_PIXELS = {proposals.PIXELS}  # signals whose value is 1 or 0


def lines(pair: DuplicatePair) -> list[tuple[str, str]]:
    """Return the evidence of a pair as names and values. What was not measured is left out."""
    measured = [
        ("Kind", pair.get_kind_display()),
        ("Compared by", pair.get_rule_display()),
        ("Suggested", pair.get_suggested_display()),
        ("Places that match", whole(pair.inliers)),
        ("Part of the first picture that the second shows", percent(pair.low_share)),
        ("Part of the second picture that the first shows", percent(pair.high_share)),
        ("Agreement of the structure", percent(pair.correlation)),
        ("Colour difference (CIELAB units)", "" if pair.colour_difference is None else f"{pair.colour_difference:.1f}"),
        ("How the pictures lie on one another", pair.get_relation_display() if pair.relation else ""),
    ]
    return [(name, value) for name, value in measured if value] + signal_lines(pair)


def signal_lines(pair: DuplicatePair) -> list[tuple[str, str]]:
    """Return the signals that proposed the pair."""
    return [(name_of(key), value_of(key, value)) for key, value in pair.signals.items()]


def name_of(key: str) -> str:
    """Return the name of a signal. One without a name of its own is shown by its key."""
    return SIGNAL_NAMES.get(key, key.replace("_", " ").capitalize())


def value_of(key: str, value: object) -> str:
    if key in EQUAL_PIXELS:
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def whole(value: int | None) -> str:
    return "" if value is None else str(value)


def percent(share: float | None) -> str:
    return "" if share is None else f"{int(100 * max(share, 0))} %"
