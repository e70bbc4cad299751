"""What the measurements of a pair suggest. A person decides; this only puts the likely ones first.

Measured on 197 of 1,775 museum paintings, each with 17 altered copies, against 10,491 hard negatives (the pictures
nearest by hash, by thumbnail and by local contrast). For each alteration: percentage suggested as "duplicate", the
correlation under which one copy in a hundred falls, percentage within NEAR_HASH_BITS.

    JPEG quality 35                    100.0   0.93   100
    cropped by 5 % on each side        100.0   0.90    78
    cropped by 10 % on one side        100.0   0.90    44
    white border of 6.5 %              100.0   0.94   100
    black border of 8 %                100.0   0.93    99
    turned 3 degrees, white corners    100.0   0.85    85
    turned 3 degrees, canvas grown      98.0   0.37    75
    turned 3 degrees, cropped          100.0   0.89    85
    darkened, gamma 1.5                 99.5   0.90    99
    lightened, gamma 0.65              100.0   0.95   100
    hue turned by 28 degrees            98.0   0.89   100
    red + 15 %, blue - 25 %             87.3   0.96   100   (the others "similar")
    grey                               100.0   0.93   100
    watermarked                         99.0   0.77   100
    blurred, 2 px                      100.0   0.90   100
    shrunken to 300 px                 100.0   0.93   100
    turned, cropped, darkened, q 35    100.0   0.87    73

No two different paintings were suggested as duplicates: all negatives that were proved to be one work photographed
twice. The 11 pairs of identical files were found, and 8 pairs of one work from two sources that nobody had listed
(0.78 and more). Weak: stripes, gradients and fields of colour, of which turned copies are often missed (gradients
with one edge are never called duplicates); and painted variants, one design with a few colours exchanged, of which
some are called duplicates. Thresholds were chosen on these same pictures.

Closer looks (`likeness`): 300 of the paintings, altered, against all 1,775; as negatives, the 4,852 pairs that are
among anyone's four nearest by the look of MobileNetV2. Mirrored, besides cropped by 7 %, darkened and of quality 40:
99 in 100 correlate by 0.89 and more; mirrored negatives reach 0.68, and 0.55 but for fans in like mounts and one
group of three. As parts (cropped by 35 and 50 %, details of any shape, screenshots): 95 in 100 reach 0.86, 0.79, 0.70,
0.86. Of the negatives, those from 0.72 on are copies or details that have records of their own, or fans; the others
end at 0.66.
"""

from typing import Literal

Suggestion = Literal["duplicate", "similar", "none"]

# Hashes this close, of 64 bits, make a pair worth registering: 78 of 1,574,425 pairs of different files are.
NEAR_HASH_BITS = 14
# So close a hash is worth a look whatever the registration says: gradients and stripes give it little to hold on to.
SAME_HASH_BITS = 6
# Unrelated paintings reach 0.54, two fans in like mounts 0.70; one watermarked copy in a hundred stays below 0.77.
DUPLICATE_CORRELATION = 0.74
SIMILAR_CORRELATION = 0.5
# Tiles, circles and fields of colour share a drawing and differ in colour alone. Colours shifted a little are no
# matter; shifted noticeably, all else must agree; beyond that it is taken for another state of the same design.
SHIFTED_COLOURS = 12.0
OTHER_COLOURS = 24.0
RECOLOURED_CORRELATION = 0.9
# At half the resolution, and at the best of several places: paintings that are no part of one another reach 0.66.
PART_CORRELATION = 0.7


def suggest(correlation: float, hamming: int, colour_distance: float) -> Suggestion:
    """Correlation -1..1 (`registration`), hash distance 0..64 bits and colour distance (`fingerprint`) of a pair.

    Flat pictures have no evidence to weigh: leave them out beforehand.
    """
    needed = DUPLICATE_CORRELATION if colour_distance <= SHIFTED_COLOURS else RECOLOURED_CORRELATION
    if correlation >= needed and colour_distance <= OTHER_COLOURS:
        return "duplicate"
    if correlation >= SIMILAR_CORRELATION or hamming <= SAME_HASH_BITS:
        return "similar"
    return "none"


def suggest_part(correlation: float) -> Suggestion:
    """Of two pictures one of which may be a part of the other, -1..1 (`detail`). Never more than "similar": a detail
    with a record of its own is a picture of its own."""
    return "similar" if correlation >= PART_CORRELATION else "none"
