"""Measure the pictures a second of the pipeline, with its database writes, and of the loop of a notebook.

Flagging of duplicates is measured as a separate stage.
"""

from statistics import median

import numpy as np

from bench import notebook, roofline, timing
from bench.gallery import Gallery
from bench.result_rows import Row
from collection.jobs import job_queue
from collection.models import Job, JobState
from similarity.duplicates import flagging
from similarity.embedding import pipeline
from similarity.index import store
from similarity.models import DuplicatePair, Embedding, Fingerprint
from similarity.workers import stage_times

ROUNDS = 3
GOAL = 2.0

SIDES = ("loop", "pipeline")

Seconds = dict[str, float]  # by stage, and "all"


def run(gallery: Gallery) -> list[Row]:
    loop = notebook.Loop(gallery.network)
    delete_results(gallery)
    warm_up(gallery, loop)
    rounds = [one_round(gallery, loop) for _ in range(2 if gallery.is_quick else ROUNDS)]
    plain_s, ours_s = (median(r[side]["all"] for r in rounds) for side in (0, 1))
    ratio = median(plain["all"] / ours["all"] for plain, ours in rounds)
    count = len(gallery.files)
    rows = [
        Row("embedding", "notebook's loop", f"{count / plain_s:.1f} pictures/s", numbers={"per_s": count / plain_s}),
        Row("embedding", "pipeline", f"{count / ours_s:.1f} pictures/s", numbers={"per_s": count / ours_s}),
        Row("embedding", "pipeline : loop", f"{ratio:.2f}", f">= {GOAL}", ratio >= GOAL, {"ratio": ratio}),
        agreement(gallery, loop),
    ]
    rows += [by_stage(f"ms a picture, {who}", [r[side] for r in rounds], count) for side, who in enumerate(SIDES)]
    return rows + utilisation(gallery, count / ours_s)


def warm_up(gallery: Gallery, loop: notebook.Loop) -> None:
    """Read every file and run both networks once, so that neither side pays for caches and memory allocation."""
    loop.embed(gallery.files[:4])
    gallery.embed_all()


def one_round(gallery: Gallery, loop: notebook.Loop) -> tuple[Seconds, Seconds]:
    """Return the seconds of the loop and of the pipeline by stage, one measured right after the other."""
    with timing.clocked(loop, "read") as read, timing.clocked(loop, "describe") as describe:
        plain = {"all": timing.seconds(loop.embed, gallery.files)}
    plain |= {"read": read.total_s, "network": describe.total_s}
    delete_results(gallery)
    stage_times.unpublished.clear()
    ours = {"all": timing.seconds(pipeline.run, [gallery.embedder])}
    flag_all()
    ours |= {name: stage_times.unpublished[f"{name}:seconds"] for name in stage_times.NAMES}
    print(f"  loop {plain['all']:.1f} s, pipeline {ours['all']:.1f} s", flush=True)
    return plain, ours


def flag_all() -> None:
    """Flag duplicates, as CPU workers do afterwards. It counts as a stage, but not in the pictures a second."""
    while flagging.run():
        pass


def delete_results(gallery: Gallery) -> None:
    """Delete vectors, fingerprints and pairs, so that every picture waits again."""
    for model in (DuplicatePair, Fingerprint, Embedding):
        model.objects.all().delete()
    job_queue.forget(job_queue.FLAG)
    Job.objects.filter(key=gallery.space.job_key).update(state=JobState.PENDING, attempts=0)


def agreement(gallery: Gallery, loop: notebook.Loop) -> Row:
    """Compare the vectors of both. They differ only in how pictures are reduced, and in rounding."""
    files = gallery.files[:16]
    pks = list(gallery.collection.images.order_by("pk").values_list("pk", flat=True)[:16])
    stored = store.vectors_of(gallery.space, pks)
    rows = [row for row, pk in enumerate(pks) if pk in stored]
    plain = loop.embed([files[row] for row in rows])
    ours = np.stack([stored[pks[row]] for row in rows])
    least = float((plain * ours).sum(axis=1).min())
    return Row("embedding", "least cosine between the two", f"{least:.4f}", numbers={"cosine": least})


def utilisation(gallery: Gallery, per_s: float) -> list[Row]:
    """Return the network's share of the highest multiplication rate of the machine (`bench.roofline`)."""
    rounds = 2 if gallery.is_quick else roofline.ROUNDS
    found = roofline.measure(gallery.embedder, [gallery.space.recipe], rounds)
    alone, peak, pipeline_rate = found.network_gmac_per_s, found.peak_gmac_per_s, found.gmac_per_picture * per_s
    text = f"{alone:.0f} of {peak:.0f} GMAC/s ({found.share:.0%}); the whole pipeline {pipeline_rate:.0f}"
    numbers = {"network_gmac_per_s": alone, "peak_gmac_per_s": peak, "pipeline_gmac_per_s": pipeline_rate}
    return [Row("embedding", "roofline: network alone", text, numbers=numbers)]


def by_stage(what: str, rounds: list[Seconds], count: int) -> Row:
    """Return the median milliseconds a picture in each stage."""
    ms = {name: 1000 * median(r[name] for r in rounds) / count for name in rounds[0] if name != "all"}
    return Row("embedding", what, ", ".join(f"{name} {value:.1f}" for name, value in ms.items()), numbers=ms)
