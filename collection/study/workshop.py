"""Paint the files: fronts first, then the pictures made from them. Large jobs use two cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from collection.study import other_views
from collection.study.alterations import alter, quality
from collection.study.canvas import to_image
from collection.study.families import FAMILIES
from collection.study.records import View, Work
from collection.study.streams import stream

EDITION = 2  # increase it when the painting changes; pictures of an older edition are painted again
WORKERS = 2
WORTH_A_POOL = 24  # starting two interpreters takes as long as painting so many pictures


@dataclass(frozen=True)
class Job:
    """One picture file to make. `front` is the file of the work that it shows, or is a copy of."""

    folder: Path
    seed: int
    work: Work
    view: View
    front: str


def paint_all(folder: Path, seed: int, works: Sequence[Work], progress: Callable[[int, int], None]) -> None:
    """Paint what `folder` does not hold yet. Safe to stop at any moment and to run again."""
    jobs = list(plan(folder, seed, works))
    forget_other_seeds(folder, seed, jobs)
    missing = [job for job in jobs if not (folder / job.view.filename).exists()]
    done = len(jobs) - len(missing)
    progress(done, len(jobs))
    fronts = [job for job in missing if job.view.of == "front"]
    made_from_fronts = [job for job in missing if job.view.of != "front"]
    for phase in (fronts, made_from_fronts):
        for _ in carry_out(phase):
            done += 1
            progress(done, len(jobs))


def plan(folder: Path, seed: int, works: Sequence[Work]) -> Iterator[Job]:
    fronts = {work.accession_number: work.views[0].filename for work in works}
    for work in works:
        for view in work.views:
            yield Job(folder, seed, work, view, fronts[work.copy_of or work.accession_number])


def forget_other_seeds(folder: Path, seed: int, jobs: Iterable[Job]) -> None:
    """Remove files of another seed or edition before the first new one is painted."""
    stamp, wanted = folder / ".painted", f"edition {EDITION}, seed {seed}\n"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    for job in jobs:
        (folder / job.view.filename).unlink(missing_ok=True)
    stamp.write_text(wanted, encoding="utf-8")


def carry_out(jobs: Sequence[Job]) -> Iterator[None]:
    """Yield once per finished picture, in the order in which they finish."""
    if len(jobs) < WORTH_A_POOL:
        yield from map(make, jobs)
        return
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        try:
            for future in as_completed([pool.submit(make, job) for job in jobs]):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def make(job: Job) -> None:
    """Paint one file. It gets its name only when it is complete."""
    path = job.folder / job.view.filename
    unfinished = path.with_name(f".{path.name}.part")
    picture = depict(job)
    if path.suffix == ".png":
        picture.save(unfinished, "PNG")
    else:
        picture.save(unfinished, "JPEG", quality=quality(job.view.of), subsampling="4:4:4")
    unfinished.replace(path)


def depict(job: Job) -> Image.Image:
    work, kind = job.work, job.view.of
    rng = stream(job.seed, work.family, work.number, kind)
    if kind == "front":
        family = FAMILIES[work.family]
        return to_image(family.paint(family.motifs[work.number], rng))
    with Image.open(job.folder / job.front) as opened:
        front = opened.convert("RGB")
    if kind == "verso":
        return other_views.verso(work, front.size, rng)
    return other_views.detail(front, rng) if kind == "detail" else alter(kind, front, rng)
