"""The numbers that are kept with a choice of cuts: what the page shows at these cuts when somebody chooses."""

from typing import Any

from similarity.duplicates.cuts import Cuts
from similarity.evaluation.calibration import queue_lengths
from similarity.models import CalibrationMeasurement


def latest() -> CalibrationMeasurement | None:
    """Return the latest measurement."""
    return CalibrationMeasurement.objects.order_by("-pk").first()


def at(cuts: Cuts) -> dict[str, Any]:
    """Return the numbers of open pairs at these cuts, with the scores of the latest measurement if there is one.

    The scores are those of the highest measured cut that is not above `suggest_from`.
    """
    queue, suggested = queue_lengths.at([cuts.queue_from, cuts.suggest_from])
    numbers: dict[str, Any] = {"in_queue": queue.in_queue, "suggested": suggested.suggested}
    measured = latest()
    if measured is None:
        return numbers
    return numbers | {
        "measurement": measured.pk,
        "measured_at": measured.created_at.isoformat(),
        "recommended": measured.results["recommended"]["cut"],
        "sources": {
            name: score_below(source["scores"], cuts.suggest_from)
            for name, source in measured.results["sources"].items()
            if source["pairs"]
        },
    }


def score_below(scores: list[dict[str, Any]], cut: float) -> dict[str, Any]:
    """Return the score of the highest measured cut that is not above `cut`."""
    return max((each for each in scores if each["cut"] <= cut), key=lambda each: each["cut"])
