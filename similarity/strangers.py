"""Pictures that a space's projection was not fitted on, where it was fitted on few.

Whitening on N pictures with nearly N numbers sets each of these apart from all others, as if it had nothing in common
with them. A picture that was not among them keeps what it has in common: it lies nearer to all of them than they do
to each other, whether it is like them or not; and two such pictures nearer still. So their distances are told by
backgrounds of their own: at first foreseen from the fit's own pictures, then measured on those that have come.
"""

import numpy as np
from numpy.typing import NDArray

from similarity import percentiles
from similarity.vision import projection

FEW = 4  # times as many pictures as numbers; of more the two backgrounds hardly differ
FOLDS = 5


def measure(raw: NDArray[np.float32], dimensions: int, shrinkage: float, metric: str) -> list[float]:
    """(N, R) raw vectors that a projection is fitted on -> quantiles of the distances of strangers to them: of each
    fifth, to the others, by a projection fitted on those alone. Empty where there are many, or all others are alike.
    """
    if len(raw) >= FEW * dimensions:
        return []
    fold = np.arange(len(raw)) % FOLDS
    distances = []
    for number in range(FOLDS):
        try:
            fitted = projection.fit(raw[fold != number], dimensions, shrinkage)
        except projection.ProjectionError:
            return []
        out, inside = fitted.apply(raw[fold == number]), fitted.apply(raw[fold != number])
        distances.append(percentiles.between(out, inside, metric).ravel())
    return percentiles.quantiles_of(np.concatenate(distances))


def met(known: NDArray[np.float32], newcomers: NDArray[np.float32], metric: str) -> dict[str, list[float]]:
    """(N, D), (M, D) stored vectors -> quantiles by the field of Space that keeps them; none of too few newcomers."""
    if len(newcomers) < percentiles.LEAST_PICTURES or not len(known):
        return {}
    crosswise = percentiles.between(newcomers, known, metric).ravel()
    return {
        "strange_quantiles": percentiles.quantiles_of(crosswise),
        "newcomer_quantiles": percentiles.measure(newcomers, metric),
    }
