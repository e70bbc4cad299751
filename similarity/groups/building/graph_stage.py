"""The first stage of an overview: the graph of nearest neighbours of all works, and their outlier scores."""

from similarity.groups.building import placements, record_kinds
from similarity.groups.graphs import knn_graph, outlier_scores
from similarity.models import Overview


def run(overview: Overview) -> None:
    """Write a row for each work: its nearest works, its outlier scores. All vectors are held in memory."""
    works = placements.read_vectors(overview.space)
    graph = knn_graph.build(works.vectors)
    scores = outlier_scores.mean_distances(graph.distances)
    placements.replace_all(overview, works, graph, scores, record_kinds.scores(works, graph))
    Overview.objects.filter(pk=overview.pk).update(size=len(works.work_ids), last_embedding=works.last_embedding)
