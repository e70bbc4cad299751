"""Stored measurements, as the commands would store them."""

from django.test import Client

from similarity.models import Evaluation

SCORES = {
    "queries": 30, "p_at_1": 0.9, "recall_at_5": 0.95, "mean_ap": 0.925,
    "p_at_1_interval": [0.8, 1.0], "recall_at_5_interval": [0.85, 1.0], "mean_ap_interval": [0.82, 0.99],
}  # fmt: skip
FOUND = {"sets": {"easy": SCORES, "wall": {**SCORES, "p_at_1": 0.43}}, "overall": SCORES, "pictures": 279}
SUGGESTED = {"duplicate": 0.7, "any": 0.81, "false_duplicates": 1, "false_similar": 12}
COPIES = {
    "pictures": 134, "background": 66, "recall": 0.63, "recall_normalised": 0.64, "micro_ap": 0.71,
    "micro_ap_normalised": {"0.5": 0.72, "1.0": 0.74, "2.0": 0.73},
    "alterations": {"jpeg-30": {"recall": 0.97}, "crop-50": {"recall": 0.12}},
    "suggested": {"jpeg-30": SUGGESTED}, "suggested_overall": SUGGESTED,
    "curve": [[0.0, 1.0], [0.63, 0.999], [1.0, 0.2]],
}  # fmt: skip
SPEED = {
    "pictures_per_s": 1234.5,
    "ms_by_stage": {"decode": 2.5, "network": 0.5},
    "gmac_per_s": 19000,
    "device": "H200",
}


def stored(kind: str, results: dict, **fields: object) -> Evaluation:
    defaults = {"dataset": "retrieval", "lens": "look", "backbone": "vgg16", "weights_digest": "a" * 64}
    return Evaluation.objects.create(kind=kind, results=results, **{**defaults, **fields})


def page_of(client: Client, **measured: dict) -> str:
    """Store these results, by kind, and return the Models page."""
    for kind, results in measured.items():
        stored(kind, results)
    return client.get("/models/").text
