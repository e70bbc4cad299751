"""Measures how surely altered copies of pictures are told from all other pictures."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity.evaluation import altering, copies, measuring, networks, records, sources, witnesses
from similarity.evaluation.altering import Comparison, Originals
from similarity.models import Evaluation
from similarity.vision.alterations import ALTERATIONS
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.lenses import LOOK

LEAST_PICTURES = 6
FITTED_ON = 1_000  # several times the dimensions of a projection
SHOWN = ("recall", "recall_alone", "recall_normalised")  # of each alteration


class Command(BaseCommand):
    help = (
        "Recall at 99.9 % precision for each alteration of pictures, micro-AP with and without score normalisation,"
        " with 95 % intervals; and what the site's own review queue would suggest of the same copies."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, metavar="DIR", help="pictures; else those of the site's collections")
        parser.add_argument("--limit", type=int, default=200, help="pictures at most, a third of them as background")
        parser.add_argument(
            "--fit-on",
            type=int,
            default=FITTED_ON,
            metavar="N",
            help="fit projections on so many pictures, if there are",
        )
        parser.add_argument(
            "--views", default="whole", choices=measuring.VIEWS,
            help="whole: as uploads are described; frames: works are looked for in each copy, as in a search",
        )  # fmt: skip
        measuring.add_arguments(parser)

    def handle(self, *, images: Path | None, limit: int, dataset: str, as_json: bool, **options: Any) -> None:
        there = sources.pictures_in(images) if images else sources.own_pictures()
        paths, refusals = altering.sample(there, max(limit, options["fit_on"]))
        for refusal in refusals:
            self.stderr.write(refusal)
        if min(limit, len(paths)) < LEAST_PICTURES:
            raise CommandError(
                f"There are {min(limit, len(paths))} pictures to alter, too few to tell copies from others."
            )
        name = dataset or (images.resolve().name if images else "collection")
        try:
            told = self.measure(paths[:limit], paths[limit:], name, options)
        except measuring.REFUSALS as error:
            raise CommandError(str(error)) from None
        if as_json:
            self.stdout.write(json.dumps(told, indent=2))
            return
        for lens, results in told.items():
            self.write_table(lens, results)

    def measure(
        self, paths: list[Path], further: list[Path], dataset: str, options: dict[str, Any]
    ) -> dict[str, dict[str, Any]]:
        told = {}
        seen = {"views": options["views"], "fitted_on": len(paths) + len(further)}
        chosen = networks.choose(options["lens"], options["pooling"], options["backbone"], options["weights"])
        for embedder, recipes in chosen:
            originals = altering.describe(paths, embedder, recipes, further)
            views = measuring.VIEWS[options["views"]]
            comparison = altering.compare(originals, embedder, list(ALTERATIONS), views)
            for recipe in recipes:
                results = results_of(originals, comparison, recipe) | seen
                told[recipe.lens] = results
                if options["save"]:
                    self.save(dataset, embedder, recipe, originals, results)
        return told

    def save(
        self, dataset: str, embedder: Embedder, recipe: Recipe, originals: Originals, results: dict[str, Any]
    ) -> None:
        projection, kept = originals.projections[recipe], {k: v for k, v in results.items() if k != "look_alikes"}
        try:
            records.save(Evaluation.Kind.COPIES, dataset, embedder.identity, recipe, projection, kept)
        except records.NotSavedError as error:
            self.stderr.write(str(error))

    def write_table(self, lens: str, results: dict[str, Any]) -> None:
        self.stdout.write(f"\n{lens}: {results['pictures']} pictures, {results['background']} of background")
        self.write_totals(results)
        self.stdout.write(
            f"\n{'':<16} {'recall':>19} {'alone':>19} {'normalised':>19}   suggested: duplicate, any; false of each"
        )
        for name, one in results["alterations"].items():
            line = f"{name:<16} " + " ".join(cell(one, measure) for measure in SHOWN)
            if heard := results.get("suggested", {}).get(name):
                line += f"   {heard['duplicate']:.3f} {heard['any']:.3f}"
                line += f" {heard['false_duplicates']} {heard['false_similar']}"
            self.stdout.write(line)
        self.stdout.write("Different pictures that look most alike (copies among them hold the threshold up):")
        for one, other, cosine in results["look_alikes"]:
            self.stdout.write(f"  {cosine:.3f}  {one}  {other}")

    def write_totals(self, results: dict[str, Any]) -> None:
        weighed, intervals = results["micro_ap_normalised"], results["micro_ap_normalised_interval"]
        lines = {
            "recall at 99.9 % precision": cell(results, "recall"),
            "the same, normalised": cell(results, "recall_normalised"),
            "micro-AP": cell(results, "micro_ap"),
        } | {f"normalised by {weight}": written(weighed[weight], *intervals[weight]) for weight in weighed}
        for title, line in lines.items():
            self.stdout.write(f"{title:<26} {line}")


def results_of(originals: Originals, comparison: Comparison, recipe: Recipe) -> dict[str, Any]:
    """As JSON. Candidates of the site's review queue come from the look alone, so only the look is heard on it."""
    results = asdict(copies.measure(comparison, recipe))
    if recipe.lens == LOOK:
        heard = witnesses.hear(originals, comparison, recipe)
        results["suggested_overall"] = asdict(heard.overall)
        results["suggested"] = {name: asdict(one) for name, one in heard.alterations.items()}
    near = copies.look_alikes(originals, recipe)
    results["look_alikes"] = [(originals.paths[i].name, originals.paths[j].name, cosine) for i, j, cosine in near]
    return results


def cell(scores: dict[str, Any], measure: str) -> str:
    """A share with its 95 % interval: what as many other works might have given."""
    return written(scores[measure], *scores[f"{measure}_interval"])


def written(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f}-{high:.3f})"
