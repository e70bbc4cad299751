"""When the indexes of spaces are made: of those that are being built, from all vectors at once when hardly a picture
waits any more. A live one takes each vector as it comes, which takes many times as long, vector for vector.
"""

from similarity import hnsw, spaces
from similarity.models import Space, SpaceState


def run() -> int:
    """Makes the indexes that are due; how many it made."""
    return sum(hnsw.create(space) for space in spaces.open_spaces() if is_due(space))


def is_due(space: Space) -> bool:
    if space.state == SpaceState.BUILDING:
        return spaces.is_nearly_full(space) and not hnsw.is_made(space)
    return space.state == SpaceState.LIVE and not hnsw.is_made(space)
