"""The first stage of an overview: the graph of nearest neighbours of all works."""

from similarity.groups.building import placements
from similarity.groups.graphs import knn_graph
from similarity.models import Overview


def run(overview: Overview) -> None:
    """Write a row with the nearest works of each work. The memory holds the vectors of all works."""
    works = placements.read_vectors(overview.space)
    graph = knn_graph.build(works.vectors)
    placements.replace_all(overview, works, graph)
    Overview.objects.filter(pk=overview.pk).update(size=len(works.work_ids), last_embedding=works.last_embedding)
