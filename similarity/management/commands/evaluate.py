"""Measures this process's network on pictures whose right answers are known."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity import engine, evaluation
from similarity.vision import decoding, weights
from similarity.vision.backbones import UnknownBackboneError

REFUSALS = (evaluation.GroundTruthError, decoding.UnreadableError, weights.WeightsError, UnknownBackboneError)


class Command(BaseCommand):
    help = "P@1, recall@5 and mAP per set of queries; only queries whose work is in the database count."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ground_truth", type=Path, metavar="GROUND_TRUTH.json")
        parser.add_argument(
            "--images", type=Path, required=True, metavar="DIR", help="folder that the file names start from"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, ground_truth: Path, images: Path, as_json: bool, **_: Any) -> None:
        try:
            scores = evaluation.evaluate(evaluation.read(ground_truth), images, engine.embedder())
        except REFUSALS as error:
            raise CommandError(str(error)) from None
        if as_json:
            self.stdout.write(json.dumps({name: asdict(one) for name, one in scores.items()}, indent=2))
            return
        self.stdout.write(f"{'set':<12} {'queries':>7} {'P@1':>6} {'R@5':>6} {'mAP':>6}")
        for name, one in scores.items():
            self.stdout.write(
                f"{name:<12} {one.queries:>7} {one.p_at_1:>6.3f} {one.recall_at_5:>6.3f} {one.mean_ap:>6.3f}"
            )
