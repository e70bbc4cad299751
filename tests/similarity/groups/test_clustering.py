import numpy as np
import pytest

from similarity.groups.graphs import cluster_matching, clustering, knn_graph, over_representation, typical_rows
from similarity.groups.graphs.over_representation import Tally


def clouds(count: int, *, of: int, dimensions: int = 16, seed: int = 0, width: float = 0.05) -> np.ndarray:
    """Return (count * of, dimensions) float32 unit vectors: clouds of `of` vectors around random directions."""
    random = np.random.default_rng(seed)
    centres = np.repeat(random.normal(size=(count, dimensions)), of, axis=0)
    vectors = (centres + width * random.normal(size=centres.shape)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def divide(vectors: np.ndarray) -> clustering.Clusters:
    return clustering.build(vectors, knn_graph.build(vectors).indices)


def test_each_cloud_of_vectors_stays_together():
    found = divide(clouds(6, of=40))

    for start in range(0, 240, 40):
        assert len(set(found.first[start : start + 40])) == 1


def test_2000_vectors_have_about_nine_groups_of_three_to_ten_parts():
    vectors = clouds(60, of=33, width=0.4)

    found = divide(vectors)

    assert 6 <= found.first.max() + 1 <= 12
    for cluster in range(found.first.max() + 1):
        parts = set(found.second[found.first == cluster])
        assert 3 <= len(parts) <= 12
        assert -1 not in parts


def test_the_same_vectors_have_the_same_clusters():
    vectors = clouds(20, of=20, width=0.5)

    one, other = divide(vectors), divide(vectors)

    assert (one.first == other.first).all()
    assert (one.second == other.second).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_few_vectors_have_one_group_or_two_that_are_not_divided(count: int):
    found = divide(clouds(max(count, 1), of=1)[:count])

    assert len(found.first) == count
    assert len(set(found.first)) <= 2
    assert set(found.second) <= {-1}


def test_identical_vectors_are_one_group():
    found = divide(np.tile(clouds(1, of=1), (100, 1)))

    assert set(found.first) == {0}
    assert set(found.second) == {-1}


def grown(count: int, *, added: int) -> tuple[np.ndarray, clustering.Clusters]:
    """Return overlapping clouds of vectors, and the clusters of all but the last `added`, which have -1."""
    vectors = clouds(40, of=(count + added) // 40, width=0.6)[np.random.default_rng(1).permutation(count + added)]
    found = divide(vectors[:count])
    new = np.full(added, -1)
    return vectors, clustering.Clusters(np.append(found.first, new), np.append(found.second, new))


def kept(earlier: np.ndarray, new: np.ndarray) -> float:
    """Return the share of the rows that are in the same cluster as before."""
    same = cluster_matching.matched(new, earlier)
    known = earlier >= 0
    return float(np.mean([same.get(one) == other for one, other in zip(new[known], earlier[known], strict=True)]))


def test_most_vectors_keep_their_cluster_when_some_are_added():
    vectors, earlier = grown(1_140, added=60)

    found = clustering.build(vectors, knn_graph.build(vectors).indices, earlier)

    assert kept(earlier.first, found.first) > 0.95
    assert kept(earlier.second, found.second) > 0.85
    assert kept(earlier.second, divide(vectors).second) < kept(earlier.second, found.second)


def test_many_new_vectors_have_clusters_from_scratch():
    vectors, earlier = grown(800, added=400)

    found = clustering.build(vectors, knn_graph.build(vectors).indices, earlier)

    scratch = divide(vectors)
    assert (found.first == scratch.first).all()
    assert (found.second == scratch.second).all()


def test_earlier_clusters_that_do_not_fit_are_not_continued():
    vectors = clouds(5, of=40)
    random = np.random.default_rng(0).integers(0, 5, 200)

    found = clustering.build(vectors, knn_graph.build(vectors).indices, clustering.Clusters(random, random + 5))

    for start in range(0, 200, 40):
        assert len(set(found.first[start : start + 40])) == 1
    assert len(set(found.first)) == 5


def test_earlier_clusters_with_gaps_in_their_numbers_are_continued():
    vectors, earlier = grown(1_140, added=60)
    gaps = clustering.Clusters(*(np.where(one < 0, -1, 7 * one + 100) for one in (earlier.first, earlier.second)))

    found, other = (clustering.build(vectors, knn_graph.build(vectors).indices, one) for one in (earlier, gaps))

    assert (found.second == other.second).all()


def test_a_lone_vector_joins_the_nearest_group():
    vectors = clouds(3, of=30)
    found = divide(np.concatenate([vectors, -vectors[:1]]))

    assert np.bincount(found.first).min() >= clustering.LEAST_SIZE


def test_vectors_beyond_the_samples_take_the_nearest_centre(monkeypatch: pytest.MonkeyPatch):
    vectors = clouds(6, of=40)
    monkeypatch.setattr(clustering, "FITTED_ON", 80)
    monkeypatch.setattr(clustering, "STARTED_ON", 40)

    found = divide(vectors)

    for start in range(0, 240, 40):
        assert len(set(found.first[start : start + 40])) == 1


def test_the_most_typical_rows_are_near_the_centre_and_differ():
    vectors = np.array([[1, 0, 0], [1, 0.01, 0], [0.9, 0.4, 0], [0.9, 0, 0.4], [0, 1, 0]], np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    (centre,) = typical_rows.centres(vectors, np.zeros(5, np.int64))

    chosen = typical_rows.most_typical(vectors, vectors @ centre, 3)

    assert len({0, 1} & set(chosen)) == 1
    assert 4 not in chosen


def test_clusters_are_recognised_by_the_rows_that_they_share():
    old = np.array([0, 0, 0, 1, 1, 1, 2, 2, -1])
    new = np.array([1, 1, 1, 0, 0, 1, 2, 3, 3])

    assert cluster_matching.matched(new, old) == {1: 0, 0: 1, 2: 2}


def test_pairs_that_share_too_little_do_not_keep_others_from_being_matched():
    shared = [(0, 0, 4), (0, 1, 3), (1, 0, 3), (-1, 1, 5), (1, -1, 5)]  # new cluster, old cluster, rows
    new, old = np.array([pair for *pair, count in shared for _ in range(count)]).T

    assert cluster_matching.jaccard(new, old).round(2).tolist() == [[0.4, 0.25], [0.25, 0.0]]
    assert cluster_matching.matched(new, old) == {0: 0}


def test_a_value_is_named_only_if_it_is_frequent_and_not_by_chance():
    telling = Tally(count=40, size=50, total_count=60, total=1_000)
    everywhere = Tally(count=50, size=50, total_count=990, total=1_000)
    chance = Tally(count=3, size=10, total_count=150, total=1_000)

    assert over_representation.significant([telling, everywhere, chance], tested=100) == [True, False, False]
    assert over_representation.significant([], tested=0) == []
