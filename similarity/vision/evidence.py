"""What the measurements of a pair suggest. A person decides; this only puts the likely ones first.

Measured on 197 of 1,775 museum paintings, each with 17 altered copies, against 10,491 hard negatives (the pictures
nearest by hash, by thumbnail and by local contrast). Percentage of copies for which "duplicate" is suggested, the
correlation below which one copy in a hundred falls, and the percentage within NEAR_HASH_BITS:

TABLE
"""

from typing import Literal

Suggestion = Literal["duplicate", "similar", "none"]

# Hashes this close, of 64 bits, make a pair worth registering: 78 of 1,574,425 pairs of different files are.
NEAR_HASH_BITS = 14
# So close a hash is worth a look whatever the registration says: gradients and stripes give it little to hold on to.
SAME_HASH_BITS = 6
# Unrelated paintings reach 0.53, two fans in like mounts 0.69; one watermarked copy in a hundred stays below 0.76.
DUPLICATE_CORRELATION = 0.72
SIMILAR_CORRELATION = 0.5
# Tiles, circles and fields of colour share a drawing and differ in colour alone. Colours shifted a little are no
# matter; shifted noticeably, all else must agree; beyond that it is taken for another state of the same design.
SHIFTED_COLOURS = 12.0
OTHER_COLOURS = 24.0
RECOLOURED_CORRELATION = 0.9


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
