"""The indexes of spaces that are being built: made when hardly a picture waits any more, from all vectors at once.

A live space's index takes each vector as it comes; among a million that takes many times as long, vector for vector.
"""

from similarity import index, spaces
from similarity.models import Space, SpaceState


def run() -> int:
    """Makes the indexes that are due; how many were."""
    due = [space for space in spaces.open_spaces() if is_due(space)]
    for space in due:
        index.create(space, space.dimensions)
    return len(due)


def is_due(space: Space) -> bool:
    return space.state == SpaceState.BUILDING and spaces.is_nearly_full(space) and not index.is_made(space)
