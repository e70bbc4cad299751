"""The projections of spaces: stored in the database, read once by each process, applied to raw vectors."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from similarity.models import Projection as Stored
from similarity.models import Space
from similarity.vision.descriptors.projection import Projection

CACHED = 16  # projections, about 1 MB each


def store(space: Space, projection: Projection, fitted_on: int) -> None:
    """Store the projection of a space. Call it in the transaction that marks the space as fitted."""
    Stored.objects.update_or_create(space=space, defaults={"packed": projection.pack()})
    space.projection, space.dimensions = projection.label, projection.dimensions
    space.fitted_on = fitted_on
    space.save(update_fields=["projection", "dimensions", "fitted_on"])


def apply(space: Space, raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (N, D) float32 rows of length 1 for (N, R) raw vectors; the raw ones if the space has no projection.

    The raw vectors of a lens with several parts are (N, parts * R), and the result is (N, parts * D).
    """
    return apply_to_parts(of(space.pk, space.projection), raw, space.parts) if space.projection else raw


def apply_to_part(space: Space, raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (N, D) float32 rows of length 1 for the (N, R) raw vectors of one part of N pictures."""
    return apply_to_parts(of(space.pk, space.projection), raw, 1) if space.projection else raw


def apply_to_parts(projection: Projection, raw: NDArray[np.float32], parts: int) -> NDArray[np.float32]:
    """Project each part of (N, parts * R) alone: (N, parts * D) float32. Raise ProjectionError for another R."""
    rows = projection.apply(raw.reshape(-1, raw.shape[1] // parts))
    return rows.reshape(len(raw), parts * rows.shape[1])


@lru_cache(maxsize=CACHED)
def of(space_id: int, label: str) -> Projection:
    """Return the stored projection. It is read once, because the projection of a label never changes."""
    return Projection.unpack(bytes(Stored.objects.get(space_id=space_id).packed))
