"""When the indexes of spaces are made: of those that are being built, from all vectors at once when hardly a picture
waits any more. A live one takes each vector as it comes, which takes many times as long, vector for vector.
"""

from similarity.index import hnsw
from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle


def run() -> int:
    """Makes the indexes that are due; how many it made."""
    made = 0
    for space in lifecycle.open_spaces():
        space.refresh_from_db()  # the one before it may have taken an hour
        made += is_due(space) and hnsw.create(space)
    return made


def is_due(space: Space) -> bool:
    if space.state == SpaceState.BUILDING:
        return not hnsw.is_made(space) and lifecycle.is_nearly_full(space)
    return space.state == SpaceState.LIVE and not hnsw.is_made(space)
