"""Measure networks and lenses on pictures whose right answers are known."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity.evaluation import (
    command_options,
    measured_networks,
    photograph_search,
    picture_sources,
    retrieval,
    stored_evaluations,
)
from similarity.evaluation.retrieval import Retrieval
from similarity.measures import ground_truth
from similarity.measures.ground_truth import GroundTruth
from similarity.models import Evaluation
from similarity.vision.contract import Identity
from similarity.vision.identification import measures
from similarity.vision.identification.measures import Counts
from similarity.vision.lenses import LOOK, MATCH

HEAD = (
    ("", "", "", "first answer right", "in the first five", "average precision"),
    ("set", "photographs", "works", "(P@1)", "(recall@5)", "(mAP)"),
)


class Command(BaseCommand):
    stealth_options = ("embedders",)  # a Python caller may pass its own embedders
    help = (
        "Measures how often the first answer is right (P@1), how many of the right works are in the first five"
        " (recall@5), and the average precision (mAP), for each set of photographs, with 95 % intervals. Only"
        " photographs whose work is in the database count. With --lens all, --json gives one such object for each lens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ground_truth", type=Path, metavar="GROUND_TRUTH.json")
        parser.add_argument(
            "--images", type=Path, required=True, metavar="DIR", help="folder that the file names are relative to"
        )
        parser.add_argument(
            "--views", default="frames", choices=command_options.VIEWS,
            help="frames: find works on a wall in each query, as in a search by picture; whole: compare whole queries",
        )  # fmt: skip
        parser.add_argument(
            "--distractors",
            type=Path,
            metavar="DIR",
            help="further pictures to compare the photographs with",
        )
        command_options.add_arguments(
            parser, named_after=f"the file, or of its folder if it is a {ground_truth.USUAL_NAME}", lens=""
        )

    def handle(self, *, images: Path, dataset: str, as_json: bool, **options: Any) -> None:
        try:
            options["lens"] = options["lens"] or measured_networks.first_offered([MATCH, LOOK], options)
            truth = ground_truth.read(options["ground_truth"])
            found = self.measure(truth, images, dataset or ground_truth.title(options["ground_truth"]), options)
            searched = search(truth, images, found, options)
        except command_options.REFUSALS as error:
            raise CommandError(str(error)) from None
        if as_json:
            by_lens = {one.recipe.lens: as_dict(one, searched if one.recipe.lens == MATCH else {}) for one in found}
            answer = by_lens if options["lens"] == measured_networks.EVERY else next(iter(by_lens.values()))
            self.stdout.write(json.dumps(answer, indent=2))
            return
        for one in found:
            self.write_table(one)
        if searched:
            self.write_searches(searched)

    def measure(self, truth: GroundTruth, images: Path, dataset: str, options: dict[str, Any]) -> list[Retrieval]:
        found = []
        for embedder, recipes in measured_networks.choose(options):
            for one in retrieval.evaluate(truth, images, embedder, recipes, command_options.VIEWS[options["views"]]):
                found.append(one)
                if options["save"]:
                    self.save(dataset, embedder.identity, one, len(truth.database), options["views"])
        return found

    def save(self, dataset: str, identity: Identity, one: Retrieval, pictures: int, views: str) -> None:
        sets = {name: asdict(scores) for name, scores in one.scores.items()}
        results = {"sets": sets, "overall": asdict(one.overall), "pictures": pictures, "views": views}
        try:
            stored_evaluations.save(Evaluation.Kind.RETRIEVAL, dataset, identity, one.recipe, one.projection, results)
        except stored_evaluations.NotSavedError as error:
            self.stderr.write(str(error))

    def write_searches(self, searched: dict[str, Counts]) -> None:
        self.stdout.write("\nAs in a search by picture: works found in each photograph, verified by local features.")
        self.stdout.write('"This is ..." is shown for a recognised work. Photographs of absent works count too.')
        self.stdout.write(
            f"{'set':<12} {'photographs':>11} {'works':>6} {'first answer right':>19}"
            f" {'This is: shown for':>18} {'right':>6}"
        )
        for name, one in [*searched.items(), ("all", measures.total(searched.values()))]:
            recognised = f"{percent(one.recall)} of works"
            self.stdout.write(
                f"{name:<12} {one.photographs:>11} {one.works:>6} {percent(one.p_at_1):>19} {recognised:>18} "
                f"{percent(one.precision):>6}"
            )

    def write_table(self, one: Retrieval) -> None:
        vectors = one.projection.label if one.projection else "not whitened"
        self.stdout.write(f"\n{one.recipe.lens}, pooling {one.recipe.pooling}, vectors {vectors}")
        self.stdout.write("Shares of 0 to 1, with their 95 % intervals.")
        for line in HEAD:
            self.stdout.write(row(*line))
        for name, scores in one.scores.items():
            shares = (
                (scores.p_at_1, scores.p_at_1_interval),
                (scores.recall_at_5, scores.recall_at_5_interval),
                (scores.mean_ap, scores.mean_ap_interval),
            )
            cells = (f"{value:.3f} ({low:.3f}-{high:.3f})" for value, (low, high) in shares)
            self.stdout.write(row(name, f"{scores.queries}", f"{scores.works}", *cells))


def search(truth: GroundTruth, images: Path, found: list[Retrieval], options: dict[str, Any]) -> dict[str, Counts]:
    """Search the photographs as visitors do, if the match was asked for."""
    chosen = measured_networks.choose(options)
    distractors = picture_sources.pictures_in(options["distractors"]) if options["distractors"] else []
    for one in found:
        if one.recipe.lens == MATCH:
            embedder = next(embedder for embedder, recipes in chosen if one.recipe in recipes)
            return photograph_search.evaluate(truth, images, distractors, embedder, one.recipe, one.projection)
    return {}


def as_dict(one: Retrieval, searched: dict[str, Counts]) -> dict[str, Any]:
    """Return the scores by set, for JSON; for the lens match also the scores of searches by the photographs."""
    by_set = {name: asdict(score) for name, score in one.scores.items()}
    for name, counts in searched.items():
        shares = {"p_at_1": counts.p_at_1, "recall": counts.recall, "precision": counts.precision}
        by_set[name]["search"] = {**asdict(counts), **shares}
    return by_set


def percent(value: float | None) -> str:
    """Return a share of 0 to 1 with three decimals."""
    return "none" if value is None else f"{value:.3f}"


def row(name: str, photographs: str, works: str, *shares: str) -> str:
    return f"{name:<12} {photographs:>12} {works:>6} " + " ".join(f"{share:>20}" for share in shares)
