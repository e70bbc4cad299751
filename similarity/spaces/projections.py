"""The projections of spaces: kept in the database, read once a process, applied to raw vectors."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from similarity.models import Projection as Stored
from similarity.models import Space
from similarity.vision.descriptors.projection import Projection

HELD = 16  # a megabyte or so each


def store(space: Space, projection: Projection, fitted_on: int) -> None:
    """Keeps a space's projection; within the transaction that also says that the space is fitted."""
    Stored.objects.update_or_create(space=space, defaults={"packed": projection.pack()})
    space.projection, space.dimensions = projection.label, projection.dimensions
    space.fitted_on = fitted_on
    space.save(update_fields=["projection", "dimensions", "fitted_on"])


def apply(space: Space, raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, raw dimensions) -> (N, D), rows of length 1: what the space stores and is asked for."""
    return of(space.pk, space.projection).apply(raw) if space.projection else raw


@lru_cache(maxsize=HELD)
def of(space_id: int, label: str) -> Projection:
    """A projection never changes under its label, so it is read once."""
    return Projection.unpack(bytes(Stored.objects.get(space_id=space_id).packed))
