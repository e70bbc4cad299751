"""Turn the measurements of a pair into a suggestion. It only orders the review queue; a person decides.

Measured on 197 of 1,775 museum paintings, each with 17 altered copies, against 10,491 hard negatives (the pictures
nearest by hash, by thumbnail and by local contrast). The columns: percentage of copies suggested as "duplicate", the
1st percentile of their correlation, percentage within NEAR_HASH_BITS.

    JPEG quality 35                    100.0   0.93   100
    cropped by 5 % on each side        100.0   0.90    78
    cropped by 10 % on one side        100.0   0.90    44
    white border of 6.5 %              100.0   0.94   100
    black border of 8 %                100.0   0.93    99
    rotated 3 degrees, white corners   100.0   0.85    85
    rotated 3 degrees, canvas enlarged  98.0   0.37    75
    rotated 3 degrees, cropped         100.0   0.89    85
    darkened, gamma 1.5                 99.5   0.90    99
    lightened, gamma 0.65              100.0   0.95   100
    hue rotated by 28 degrees           98.0   0.89   100
    red + 15 %, blue - 25 %             87.3   0.96   100   (the others "similar")
    grey                               100.0   0.93   100
    watermarked                         99.0   0.77   100
    blurred, 2 px                      100.0   0.90   100
    reduced to 300 px                  100.0   0.93   100
    rotated, cropped, darkened, q 35   100.0   0.87    73

No two different paintings were suggested as duplicates: every such negative turned out to be one work photographed
twice. The 11 pairs of identical files were found, and 8 unlisted pairs of one work from two sources (0.78 or more).
Weak points: rotated copies of stripes, gradients and fields of colour are often missed (gradients with one edge are
never suggested as duplicates); some painted variants, one design with a few colours exchanged, are suggested as
duplicates. The thresholds were chosen on these same pictures.

Closer comparisons (`placement`): 300 of the paintings, altered, against all 1,775. The negatives are the 4,852 pairs in
which one painting is among the four nearest of the other by the look of MobileNetV2. Mirrored, also cropped by 7 %,
darkened and of quality 40: 99 of 100 correlate by 0.89 or more; mirrored negatives reach 0.68, and 0.55 without fans in
similar mounts and one group of three. As parts (cropped by 35 and 50 %, details of any shape, screenshots): 95 of 100
reach 0.86, 0.79, 0.70, 0.86. The negatives from 0.72 on are copies or details with records of their own, or fans; the
others end at 0.66.
"""

from typing import Literal

Suggestion = Literal["duplicate", "similar", "none"]

# Candidates by hash have at most this Hamming distance, of 64 bits: 78 of 1,574,425 pairs of different files do.
NEAR_HASH_BITS = 14
# Candidates by twin value: at most this many of 48 bits differ (docs/decisions/0025, one false pair in 1,000 uploads).
NEAR_TWIN_BITS = 5
# Pairs this close are suggested as "similar" at any correlation, as gradients and stripes are hard to register.
SAME_HASH_BITS = 6
# Unrelated paintings reach 0.54, two fans in similar mounts 0.70; 1 % of watermarked copies are below 0.77.
MIRRORED_SHARE = 0.75  # share of both pictures in the overlap, from which on a mirrored copy is no mirrored detail
DUPLICATE_CORRELATION = 0.74
SIMILAR_CORRELATION = 0.5
# Tiles, circles and fields of colour can share a drawing and differ in colour alone. Up to SHIFTED_COLOURS colour does
# not matter. Up to OTHER_COLOURS the correlation must be higher. Pairs beyond it are different states of one design.
SHIFTED_COLOURS = 12.0
OTHER_COLOURS = 24.0
RECOLOURED_CORRELATION = 0.9
# Measured at half the resolution and the best of several places, where unrelated paintings reach 0.66.
PART_CORRELATION = 0.7


def suggest(correlation: float, hamming: int, colour_distance: float) -> Suggestion:
    """Return the suggestion for a pair's correlation -1..1, hash distance 0..64 bits and colour distance.

    Leave out flat pictures beforehand: their measurements are noise.
    """
    needed = DUPLICATE_CORRELATION if colour_distance <= SHIFTED_COLOURS else RECOLOURED_CORRELATION
    if correlation >= needed and colour_distance <= OTHER_COLOURS:
        return "duplicate"
    if correlation >= SIMILAR_CORRELATION or hamming <= SAME_HASH_BITS:
        return "similar"
    return "none"


def suggest_part(correlation: float) -> Suggestion:
    """Return the suggestion for a picture that may be a part of the other, by its correlation -1..1 (`detail`).

    It is never more than "similar", as a detail with its own record is a picture of its own.
    """
    return "similar" if correlation >= PART_CORRELATION else "none"


def is_mirrored_whole(*shares: float) -> bool:
    """Return False for a mirrored detail: the shares of both pictures, 0..1, that the overlap covers are too small."""
    return min(shares, default=1.0) >= MIRRORED_SHARE
