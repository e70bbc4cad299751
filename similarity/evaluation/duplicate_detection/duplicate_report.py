"""The table of `evaluate_duplicates`: Kindred's detection beside single signals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from similarity.evaluation import trial_vectors
from similarity.evaluation.duplicate_detection import duplicate_baselines
from similarity.evaluation.duplicate_detection.collection_in_memory import Collection
from similarity.evaluation.duplicate_detection.duplicate_baselines import Floats, Hashes, Signal
from similarity.evaluation.duplicate_detection.duplicate_trial import CleanPair, Found

COSINE, MEANS, PHASH, PDQ = "cosine in match", "cosine of the last layer (imagededup)", "perceptual hash", "PDQ"


@dataclass(frozen=True)
class Signals:
    """The signals beside Kindred's detection, by name. pdq: hashes of the collection, or None without the package."""

    by_name: Mapping[str, Signal]
    hashes: Hashes
    pdq: Hashes | None


@dataclass(frozen=True)
class Row:
    """The results for one alteration: shares of the copies, 0..1, and pairs with other pictures than the original."""

    name: str
    copies: int
    found: float
    duplicate: float
    kinds: Mapping[str, int]
    false_pairs: Sequence[tuple[str, str, str]]
    signals: Mapping[str, float]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def signals(collection: Collection, pairs: Sequence[CleanPair]) -> Signals:
    """Measure the thresholds of the signals. Pairs suggested as duplicates count as copies, and are excluded."""
    places = {path.name: place for place, path in enumerate(collection.paths)}
    copies = [(places[one], places[other]) for one, other, suggestion, _ in pairs if suggestion == "duplicate"]
    hashes = duplicate_baselines.packed(collection.prints)
    pdq = duplicate_baselines.pdq_of(map(trial_vectors.open_picture, collection.paths))
    stored = collection.vectors[collection.recipe][:, 0]
    scores = {
        COSINE: duplicate_baselines.cosines(stored, stored),
        PHASH: duplicate_baselines.agreements(hashes, hashes),
    }
    if collection.means is not None:
        scores[MEANS] = duplicate_baselines.cosines(collection.means, collection.means)
    if pdq is not None:
        scores[PDQ] = duplicate_baselines.agreements(pdq, pdq)
    by_name = {name: Signal(name, duplicate_baselines.threshold_of(each, copies)) for name, each in scores.items()}
    return Signals(by_name, hashes, pdq)


def row(collection: Collection, known: Signals, found: Found) -> Row:
    """Return the results of one alteration."""
    own = found.chosen
    scores: dict[str, Floats] = {
        COSINE: (found.vectors * collection.vectors[collection.recipe][own, 0]).sum(axis=1),
        PHASH: diagonal(duplicate_baselines.packed(found.prints), known.hashes[own]),
    }
    if found.means is not None and collection.means is not None:
        scores[MEANS] = duplicate_baselines.cosines(found.means, collection.means[own]).diagonal()
    if known.pdq is not None:
        copies = duplicate_baselines.pdq_of(found.pictures)
        assert copies is not None, "the package was there a moment ago"
        scores[PDQ] = diagonal(copies, known.pdq[own])
    return Row(
        name=found.name,
        copies=found.copies,
        found=found.found / max(found.copies, 1),
        duplicate=found.duplicates / max(found.copies, 1),
        kinds=found.kinds,
        false_pairs=found.false_pairs,
        signals={name: signal.recall(scores[name]) for name, signal in known.by_name.items()},
    )


def diagonal(queries: Hashes, stored: Hashes) -> Floats:
    """Return the agreement of each query (M, B) with the stored hash of the same row."""
    return duplicate_baselines.agreements(queries, stored).diagonal()
