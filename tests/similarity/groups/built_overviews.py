"""Overviews of works that tests have made, built as the workers build them."""

from similarity.groups.building import overview_stages, placements, versions
from similarity.models import Overview, Placement


def build() -> Overview:
    """Build an overview of the live look. Return it, also if it was given up."""
    overview = versions.request()
    assert overview is not None
    while overview_stages.run():
        pass
    overview.refresh_from_db()
    return overview


def keep_neighbours(count: int) -> None:
    """Keep only the nearest neighbours of each work, as if the collection were much larger."""
    for row in Placement.objects.all():
        row.neighbours = placements.pack_ids(placements.unpack_ids(row.neighbours)[:count])
        row.distances = placements.pack_distances(placements.unpack_distances(row.distances)[:count])
        row.save()
