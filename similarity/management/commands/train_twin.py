"""Train the network of the twin value. For developers; needs no database."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from csv import DictReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from collection import study
from collection.study import catalogue
from similarity.evaluation import picture_sources
from similarity.vision.twin import bundle, experiment, packing
from similarity.vision.twin.losses import LOSSES
from similarity.vision.twin.packing import Source

TABLE = "metadata.csv"


class Command(BaseCommand):
    help = (
        "Trains the network of the twin value on folders of pictures and on the study collection, and measures it on"
        " the fifth held out. `python -m bench.twin` does the same on a machine that has the bundle and a GPU."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="pictures, with metadata.csv if any")
        parser.add_argument("--bundle", type=Path, default=Path(".twin"), help="folder of reduced pictures")
        parser.add_argument("--seeds", type=int, nargs="*", default=[1923], help="of the study collections to paint")
        parser.add_argument("--painted", type=Path, help="folder to store painted study collections in (default: none)")
        parser.add_argument("--pack-only", action="store_true", help="make the bundle without training")
        parser.add_argument("--out", type=Path, default=Path("var/twin"), help="weights, results and checkpoints")
        parser.add_argument("--losses", nargs="+", choices=LOSSES, default=list(LOSSES))
        parser.add_argument("--steps", type=int, default=1_000, help="for each loss, and again for the best")
        parser.add_argument("--pairs", type=int, default=512, help="pairs in one step")

    def handle(self, **options: Any) -> None:
        folder: Path = options["bundle"]
        if not (folder / bundle.LIST_FILE).exists():
            self.pack(folder, options["folders"], options["seeds"], options["painted"])
        if options["pack_only"]:
            return
        out: Path = options["out"]
        results = experiment.run(
            bundle.read(folder),
            experiment.Options(
                out, out / "checkpoints", options["losses"], 0, 0, steps=options["steps"], pairs=options["pairs"]
            ),
            self.stdout.write,
        )
        self.stdout.write(experiment.table(results))

    def pack(self, folder: Path, folders: Sequence[Path], seeds: Sequence[int], painted: Path | None) -> None:
        with TemporaryDirectory() as scratch:
            sources = [source for each in folders for source in folder_sources(each)]
            for seed in seeds:
                sources += study_sources((painted or Path(scratch)) / str(seed), seed)
            packed = packing.pack(tqdm(sources, unit=" pictures", disable=None))
        bundle.write(folder, packed)
        self.stdout.write(f"{folder}: {len(packed.entries):,} pictures, {packed.is_held_out.sum():,} held out")


def folder_sources(folder: Path) -> Iterator[Source]:
    """Yield the pictures of a folder. Each is a separate work. Works of one maker or classification are a series."""
    table = folder / TABLE
    records = {}
    if table.exists():
        with table.open(newline="", encoding="utf-8") as file:
            records = {row["filename"]: row for row in DictReader(file)}
    for path in picture_sources.pictures_in(folder):
        record = records.get(path.name, {})
        yield Source(path, path.name, path.name, record.get("creator") or record.get("classification") or folder.name)


def study_sources(folder: Path, seed: int) -> Iterator[Source]:
    """Yield the fronts of a painted collection. A motif painted from several seeds is one work.

    Its variants are neither positive nor negative pairs (`losses`).
    """
    study.paint(folder, seed=seed)
    for work in catalogue.originals(seed):
        file_name = work.views[0].filename
        motif = f"{work.family}-{work.number:02}"
        yield Source(folder / file_name, f"study/{seed}/{file_name}", f"study/{motif}", work.family)
