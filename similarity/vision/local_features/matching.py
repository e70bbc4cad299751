"""Match local features of a photograph and a picture by nearest neighbours and the ratio test."""

import numpy as np
from numpy.typing import NDArray

from similarity.vision.local_features.features import Features

Places = NDArray[np.intp]

# Greatest ratio of the distances to the nearest and the second nearest descriptor (Lowe 2004 recommends 0.8).
MOST_RATIO = 0.8


def match(photograph: Features, picture: Features) -> tuple[Places, Places]:
    """Return indices (M,) of features in the photograph, and (M,) of their matches in the picture.

    Features of the photograph are matched to the picture and not the reverse, so that a photograph may show a picture
    twice.
    """
    nothing = np.empty(0, np.intp)
    if len(photograph.points) == 0 or len(picture.points) < 2:
        return nothing, nothing
    cosines = photograph.descriptors @ picture.descriptors.T
    rows = np.arange(len(cosines))
    nearest = cosines.argmax(axis=1)
    best = cosines[rows, nearest]
    cosines[rows, nearest] = -1
    second = cosines.max(axis=1)
    # Rows have length 1, so a squared distance is 2 - 2 cosine.
    kept = np.flatnonzero(1 - best < MOST_RATIO**2 * (1 - second))
    return kept, nearest[kept]
