"""How certain it is that two pictures show one photograph, as one number 0..1.

The number follows from the evidence that is kept with a pair, and from nothing else. Equal pixels: 1. Aligned pairs and
registered pairs: a logistic function of a few values. More matching places, a higher correlation and more cells that
agree never lower it, and a greater difference of colours never raises it. The coefficients were fitted by
`bench.duplicates.certainty_model` (docs/decisions/0038 has the data and the scores). As many copies as hard negatives
were assumed, so the number orders pairs and can be compared with a cut, but it is no share of a collection's pairs.
"""

import math
from dataclasses import dataclass

MOST = 0.9999  # of pairs whose pixels differ
LEAST = 0.0001
DECIMALS = 4

# Aligned by local features: constant, logarithm of inliers, structure, alike, colour. Fitted.
ALIGNED = (-16.7, 0.24, 3.4, 15.9, 0.03)
# Registered thumbnails: constant, correlation, colours beyond SHIFTED_COLOURS. The slope of the correlation is fitted.
# The others are set so that the certainty is 0.3 at the thresholds of `evidence`: its painted variants differ in colour
# alone, which no pair of the fit does.
REGISTERED = (-13.5, 17.2, 0.46)
# The same for pictures with enough local features that do not align, though their thumbnails agree. Too rare to fit.
UNALIGNED = (-16.5, 17.2, 0.46)

SHIFTED_COLOURS = 12.0  # CbCr units, up to which colour does not matter (`evidence`)
UNKNOWN_COLOURS = 18.0  # assumed where the colours were not kept: a higher correlation is needed
MOST_INLIERS = 600  # further ones do not raise the certainty


@dataclass(frozen=True)
class Evidence:
    """The evidence of one pair.

    is_identical: the pixels are equal. correlation: -1..1, of the cells of the overlap (median) if `is_aligned`, else
    of the registered thumbnails. inliers: matching places; None if local features did not decide. alike: share of the
    cells of the overlap that correlate, 0..1, or None if it was not kept. colour_difference: CIELAB units.
    colour_distance: mean of the thumbnails in CbCr units, or None if it was not kept.
    """

    is_identical: bool
    is_aligned: bool
    correlation: float
    inliers: int | None
    alike: float | None
    colour_difference: float | None
    colour_distance: float | None


def of(evidence: Evidence) -> float:
    """Return the certainty, LEAST to MOST, rounded to DECIMALS; 1 for equal pixels. NaN counts as missing evidence."""
    if evidence.is_identical:
        return 1.0
    margin = aligned(evidence) if evidence.is_aligned else registered(evidence)
    return round(min(max(logistic(margin), LEAST), MOST), DECIMALS)


def aligned(evidence: Evidence) -> float:
    """Return the logit of a pair that was laid over one another by local features."""
    constant, by_inliers, by_structure, by_alike, by_colour = ALIGNED
    structure = known(evidence.correlation, -1.0)
    # Where `alike` was not kept, the structure, which is the median over the same cells, is the best estimate of it.
    alike = structure if evidence.alike is None else known(evidence.alike, 0.0)
    inliers = math.log(min(max(evidence.inliers or 0, 1), MOST_INLIERS))
    colour = known(evidence.colour_difference or 0.0, UNKNOWN_COLOURS)
    return constant + by_inliers * inliers + by_structure * structure + by_alike * alike - by_colour * colour


def registered(evidence: Evidence) -> float:
    """Return the logit of a pair of thumbnails."""
    constant, by_correlation, by_colour = REGISTERED if evidence.inliers is None else UNALIGNED
    kept = UNKNOWN_COLOURS if evidence.colour_distance is None else evidence.colour_distance
    colours = max(0.0, known(kept, UNKNOWN_COLOURS) - SHIFTED_COLOURS)
    return constant + by_correlation * known(evidence.correlation, -1.0) - by_colour * colours


def known(value: float, otherwise: float) -> float:
    """Return the value, or `otherwise` if it is NaN or infinite."""
    return value if math.isfinite(value) else otherwise


def logistic(margin: float) -> float:
    return 1 / (1 + math.exp(-min(max(margin, -50.0), 50.0)))
