"""Measure duplicate detection on altered copies and on clean uploads, beside single signals."""

import json
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from similarity.evaluation import (
    alteration_names,
    altering,
    command_options,
    measured_networks,
    picture_sources,
    stored_evaluations,
)
from similarity.evaluation.duplicate_detection import duplicate_report, duplicate_trial
from similarity.evaluation.duplicate_detection.collection_in_memory import Collection
from similarity.evaluation.duplicate_detection.duplicate_report import Row
from similarity.evaluation.duplicate_detection.duplicate_trial import NAMES
from similarity.models import Evaluation
from similarity.vision.lenses import MATCH

LEAST_PICTURES = 6
SEED = 2_021


class Command(BaseCommand):
    stealth_options = ("embedders",)  # a Python caller may pass its own embedders
    help = (
        "Uploads altered copies of some pictures to a collection in memory, and reports the share whose original"
        " reaches the review queue, for each alteration; then compares every picture with all others and lists the"
        " pairs, which are false or show unknown copies. Single signals are measured too, each at the least strict"
        " threshold at which at most one in a thousand clean uploads gets a pair."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, metavar="DIR", help="pictures (default: the site's own)")
        parser.add_argument("--limit", type=int, default=100, help="pictures that are altered")
        parser.add_argument("--backbone", default="", help="another network than the site's, by torchvision's name")
        parser.add_argument("--weights", type=Path, metavar="FILE", help="weights of that network")
        parser.add_argument("--alterations", nargs="*", default=NAMES, choices=NAMES, metavar="NAME")
        parser.add_argument("--dataset", default="", help="name on the Models page (default: name of the folder)")
        parser.add_argument(
            "--save", action=BooleanOptionalAction, default=True, help="store the results for the Models page"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, images: Path | None, limit: int, as_json: bool, **options: Any) -> None:
        there = picture_sources.pictures_in(images) if images else picture_sources.own_pictures()
        paths, refusals = altering.sample(there, len(there))
        for refusal in refusals:
            self.stderr.write(refusal)
        if len(paths) < LEAST_PICTURES:
            raise CommandError(f"There are {len(paths)} pictures. At least {LEAST_PICTURES} are needed.")
        try:
            ((embedder, (recipe,)),) = measured_networks.choose({**options, "lens": MATCH, "pooling": ""})
            collection = Collection.describe(paths, embedder, recipe)
        except command_options.REFUSALS as error:
            raise CommandError(str(error)) from None
        pairs = duplicate_trial.clean_uploads(collection)
        chosen = sorted(np.random.default_rng(SEED).permutation(len(paths))[:limit].tolist())
        signals = duplicate_report.signals(collection, pairs)
        rows = [
            duplicate_report.row(collection, signals, duplicate_trial.try_one(collection, chosen, n))
            for n in options["alterations"]
        ]
        clean = {kind: sum(pair[2] == kind for pair in pairs) for kind in ("duplicate", "similar")}
        report = {
            "pictures": len(paths), "altered": len(chosen), "clean": clean, "rows": [row.as_dict() for row in rows],
        }  # fmt: skip
        if options["save"]:
            self.save(options["dataset"] or (images.resolve().name if images else "collection"), collection, report)
        if as_json:
            self.stdout.write(json.dumps(report | {"clean_pairs": pairs}, indent=2))
            return
        self.write_table(len(paths), rows)
        self.write_clean(len(paths), clean, pairs)

    def save(self, dataset: str, collection: Collection, report: dict[str, Any]) -> None:
        identity, recipe = collection.embedder.identity, collection.recipe
        try:
            stored_evaluations.save(
                Evaluation.Kind.DUPLICATES, dataset, identity, recipe, collection.projections[recipe], report
            )
        except stored_evaluations.NotSavedError as error:
            self.stderr.write(str(error))

    def write_table(self, pictures: int, rows: list[Row]) -> None:
        self.stdout.write(
            f"{rows[0].copies if rows else 0} altered copies each, in a collection of {pictures} pictures."
        )
        names = list(rows[0].signals) if rows else []
        self.stdout.write(f"{'alteration':<32} {'found':>7} {'duplicate':>9} {'false':>6}  " + "  ".join(names))
        for row in rows:
            cells = "  ".join(f"{row.signals[name]:>{len(name)}.3f}" for name in names)
            title = alteration_names.alteration(row.name)
            self.stdout.write(f"{title:<32} {row.found:>7.3f} {row.duplicate:>9.3f} {len(row.false_pairs):>6}  {cells}")

    def write_clean(self, pictures: int, counts: dict[str, int], pairs: list[tuple[str, str, str, str]]) -> None:
        self.stdout.write(
            f"\n{pictures} clean uploads: {counts['duplicate']} pairs suggested as duplicates, {counts['similar']} as"
            " similar. Each is a false pair or a copy in the collection:"
        )
        for one, other, suggestion, kind in pairs:
            self.stdout.write(f"  {suggestion:<10} {kind:<17} {one}  {other}")
