"""Build the indexes of spaces. A space that is being built gets its index once it is nearly complete.

The index is then built from all vectors at once. Adding a vector to an index that exists takes many times as long.
"""

from similarity.index import hnsw
from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle


def run() -> int:
    """Build the indexes that are due. Return how many were built."""
    made = 0
    for space in lifecycle.open_spaces():
        space.refresh_from_db()  # the index before it may have taken an hour
        made += is_due(space) and hnsw.create(space)
    return made


def is_due(space: Space) -> bool:
    if space.state == SpaceState.BUILDING:
        return not hnsw.is_made(space) and lifecycle.is_nearly_complete(space)
    return space.state == SpaceState.LIVE and not hnsw.is_made(space)
