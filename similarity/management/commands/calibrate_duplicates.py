"""Measure how certain possible duplicates are, recommend a cut, and choose one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from collection.permissions import Operator
from similarity.duplicates import cuts, rescoring
from similarity.duplicates.cuts import Cuts
from similarity.evaluation.calibration import calibration_numbers, cut_measuring, queue_lengths
from similarity.evaluation.calibration.cut_measuring import ALTERATIONS
from similarity.models import Calibration, CalibrationMeasurement

SEED = 2_026
SOURCES = {cut_measuring.ALTERED: "altered copies", cut_measuring.VERDICTS: "verdicts"}


class Command(BaseCommand):
    help = (
        "Measures precision and recall of the suggestion "
        '"duplicate" at each cut of certainty, from this site\'s verdicts and from altered copies of its own pictures,'
        " and recommends a cut. The page /review/calibration/ shows the result. --choose stores a cut; open pairs are"
        " then scored again. The command needs no neural network."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pictures", type=int, default=100, metavar="N", help="pictures that are altered")
        parser.add_argument("--seed", type=int, default=SEED, help="of the random sample")
        parser.add_argument("--alterations", nargs="*", default=ALTERATIONS, choices=ALTERATIONS, metavar="NAME")
        parser.add_argument("--choose", type=float, metavar="CUT", help="store this cut, without measuring again")
        parser.add_argument("--queue-from", type=float, metavar="CUT", help="least certainty of pairs in the queue")
        parser.add_argument("--note", default="", help="why this cut is chosen")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, choose: float | None, as_json: bool, **options: Any) -> None:
        if choose is not None or options["queue_from"] is not None:
            self.choose(choose, options["queue_from"], options["note"], as_json=as_json)
            return
        if options["pictures"] < 0:
            raise CommandError("--pictures is 0 or more.")
        with tqdm(desc="altered", unit=" pictures", disable=None) as bar:
            try:
                measured = cut_measuring.measure(
                    options["pictures"], options["seed"], options["alterations"], progress_on(bar)
                )
            except cut_measuring.NothingToMeasureError as error:
                raise CommandError(str(error)) from None
        self.report(measured, as_json=as_json)

    def choose(self, suggest_from: float | None, queue_from: float | None, note: str, *, as_json: bool) -> None:
        """Store the cuts, keeping the valid one of the two if only the other is given, and re-score all open pairs."""
        valid = cuts.valid()
        wanted = Cuts(
            valid.suggest_from if suggest_from is None else suggest_from,
            valid.queue_from if queue_from is None else queue_from,
        )
        latest = cuts.latest()
        try:
            numbers = calibration_numbers.at(wanted)
            chosen = cuts.choose(wanted, Operator(), after=latest.pk if latest else None, note=note, numbers=numbers)
        except (cuts.CutError, cuts.ChosenMeanwhileError) as error:
            raise CommandError(str(error)) from None
        while rescoring.run():
            pass
        self.write_choice(chosen, as_json=as_json)

    def write_choice(self, chosen: Calibration, *, as_json: bool) -> None:
        if as_json:
            stored = {"suggest_from": chosen.suggest_from, "queue_from": chosen.queue_from, "numbers": chosen.numbers}
            self.stdout.write(json.dumps(stored, indent=2))
            return
        (now,) = queue_lengths.at([chosen.queue_from])
        self.stdout.write(f"Stored: {chosen}. The queue has {now.in_queue:,} open pairs.")

    def report(self, measured: CalibrationMeasurement, *, as_json: bool) -> None:
        results = measured.results
        names = [score["cut"] for score in results["sources"][cut_measuring.ALTERED]["scores"]]
        lengths = queue_lengths.at(names)
        if as_json:
            queue = [{"cut": cut, **vars(length)} for cut, length in zip(names, lengths, strict=True)]
            self.stdout.write(json.dumps(results | {"queue": queue}, indent=2))
            return
        for name, title in SOURCES.items():
            self.write_source(title, results["sources"][name])
        self.stdout.write(f"\n{'cut':>6} {'queue':>9} {'suggested':>10}   open pairs")
        for cut, length in zip(names, lengths, strict=True):
            self.stdout.write(f"{cut:>6g} {length.in_queue:>9,} {length.suggested:>10,}")
        skipped = results["skipped"]
        self.stdout.write(
            f"\nLeft out: {skipped['pictures']:,} pictures that could not be read, {skipped['neighbours']:,} similar"
            " pictures that may be copies."
        )
        best = results["recommended"]
        self.stdout.write(best["reason"])
        if best["cut"] is not None:
            self.stdout.write(f"Recommended: --choose {best['cut']:g}. Current cut: {cuts.valid().suggest_from:g}.")

    def write_source(self, title: str, source: dict[str, Any]) -> None:
        self.stdout.write(f"\n{title}: {source['pairs']:,} pairs, of which {source['copies']:,} are copies")
        if not source["pairs"]:
            return
        self.stdout.write(f"{'cut':>6} {'suggested':>9} {'wrong':>6} {'precision':>22} {'recall':>22}")
        for score in source["scores"]:
            precision = share(score["precision"], score["precision_interval"])
            recall = share(score["recall"], score["recall_interval"])
            self.stdout.write(
                f"{score['cut']:>6g} {score['suggested']:>9,} {score['wrong']:>6,} {precision:>22} {recall:>22}"
            )


def progress_on(bar: "tqdm[Any]") -> cut_measuring.Progress:
    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show


def share(value: float | None, interval: tuple[float, float]) -> str:
    """Return a share with its interval, or a dash if there is none."""
    return "–" if value is None else f"{value:.4f} ({interval[0]:.4f}–{interval[1]:.4f})"
