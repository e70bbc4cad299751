"""Choose the verdict whose button is dark, because the page suggests it. Only near-certain duplicates have one."""

from similarity.models import DuplicatePair, Kind, Rule, Verdict

# Kinds whose two pictures show one photograph as a whole. An overlay may hide what makes two states of a print differ.
WHOLE_COPIES = {Kind.REENCODED, Kind.RECOLOURED, Kind.BORDERED, Kind.TURNED, Kind.MIRRORED}
MANY_INLIERS = 60  # four times the least number that counts as an alignment
STRONG_CORRELATION = 0.85  # median over the cells of the overlap; a copy needs 0.5


def primed(pair: DuplicatePair) -> str:
    """Return the verdict to suggest by a dark button, "" if no button is to stand out."""
    return Verdict.DUPLICATE if is_near_certain(pair) else ""


def is_near_certain(pair: DuplicatePair) -> bool:
    """Return True for equal files, equal pixels, and copies that many local features and the pixels confirm.

    Two blank pictures may have equal pixels too, but no pair of them has such a kind.
    """
    if pair.suggested != Verdict.DUPLICATE:
        return False
    if pair.kind in (Kind.SAME_FILE, Kind.SAME_PIXELS):
        return True
    has_features = pair.rule == Rule.FEATURES and (pair.inliers or 0) >= MANY_INLIERS
    return has_features and pair.kind in WHOLE_COPIES and pair.correlation >= STRONG_CORRELATION
