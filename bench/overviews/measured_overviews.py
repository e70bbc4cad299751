"""Build overviews of a synthetic collection, let works join, build again, and request the pages."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from django.db import transaction
from django.test import Client
from numpy.typing import NDArray

from bench import synthetic, timing
from bench.result_rows import Row
from bench.scale import binary_copy, data
from collection.models import Artwork, ArtworkImage
from similarity.groups.building import joining, overview_stages, versions
from similarity.index import hnsw
from similarity.models import Overview, Placement, Space, SpaceState
from similarity.vision.lenses import LOOK

KINDS = 12  # values of the classification, by the real vector that a work was grown from
BUILD_MEMORY = "4GB"
ROUNDS = 40  # requests of each page
PATH_GOAL_MS = 300

# Number of the group, number of the subgroup, x and y, by id of the work.
Placed = dict[int, tuple[int | None, int | None, float | None, float | None]]

Vectors = NDArray[np.float16] | NDArray[np.float32]


def run(real: NDArray[np.float32], count: int, added: float) -> list[Row]:
    """Return the measurements of `count` works, and after a share `added` of them was added."""
    later = int(count * added)
    grown = data.grow(real, count + later)
    order = np.random.default_rng(5).permutation(count + later)  # so that the added works lie among the others
    vectors, roots = grown.vectors[order], grown.roots[order]
    space = Space.objects.create(
        lens=LOOK, backbone="synthetic", weights_digest="0" * 64, is_trained=True, pooling="mean",
        dimensions=real.shape[1], state=SpaceState.LIVE,
    )  # fmt: skip
    fill(space, vectors[:count], roots[:count], first=0)
    rows, first = built(f"{count:,} works")
    fill(space, vectors[count:], roots[count:], first=count)
    rows += joined(later)
    rows += pages()
    before = read(first)
    again, second = built(f"{count + later:,} works, again")
    return rows + again + stability(before, read(second))


def fill(space: Space, vectors: Vectors, roots: NDArray[np.int64], *, first: int) -> None:
    """Add published works with these vectors. The first call builds the index, and later calls add to it."""
    with transaction.atomic():
        # Triggers would build a search document for each work. The pages measured here do not read them.
        synthetic.run_sql("SET LOCAL session_replication_role = replica")
        images = synthetic.many_images(len(vectors), slug=f"synthetic-{first}", first=first)
        record(images, roots)
    ids = np.array([image.pk for image in images])
    for start in range(0, len(ids), data.BATCH):
        part = slice(start, start + data.BATCH)
        columns: binary_copy.Columns = {"image_id": ids[part], "space_id": space.pk, "id": 1 + first + np.arange(
            len(ids), dtype=np.int64)[part]}  # fmt: skip
        binary_copy.copy("similarity_embedding", columns, vectors[part])
    synthetic.run_sql(f"SET maintenance_work_mem = '{BUILD_MEMORY}'")
    if not hnsw.is_made(space):
        hnsw.create(space)
    synthetic.run_sql("ANALYZE")


def record(images: Sequence[ArtworkImage], roots: NDArray[np.int64]) -> None:
    """Publish the works and give them a classification by their roots, so that groups have facts to find."""
    collection = images[0].collection_id
    for kind in range(KINDS):
        works = [image.artwork_id for image, root in zip(images, roots, strict=True) if root % KINDS == kind]
        Artwork.objects.filter(pk__in=works).update(
            classification=f"Kind {kind}", is_published=True, is_ready=True, collection=collection
        )


def built(size: str) -> tuple[list[Row], Overview]:
    """Build an overview as a worker does. Return a row for each stage, and the overview."""
    overview = versions.request()
    assert overview is not None
    rows = []
    while versions.building() is not None:
        forget_peak()
        began_s = time.perf_counter()
        assert overview_stages.run()
        overview.refresh_from_db()
        assert not overview.problem, overview.problem
        took_s = time.perf_counter() - began_s
        rows.append(shown(stage_row(size, overview.stage, took_s, peak_mib())))
    total_s = sum(row.numbers["seconds"] for row in rows)
    rows.append(Row("overview", f"{size}: all stages", f"{total_s:.0f} s", "", None, {"seconds": total_s}))
    return rows, overview


def stage_row(size: str, stage: str, took_s: float, memory_mib: float) -> Row:
    text = f"{took_s:.1f} s, peak of the process {memory_mib:,.0f} MiB"
    return Row("overview", f"{size}: {stage}", text, "", None, {"seconds": took_s, "peak_mib": memory_mib})


def shown(row: Row) -> Row:
    """Print a row at once: among 200,000 works the whole run takes more than an hour."""
    print(f"{row.what}: {row.measured}", file=sys.stderr, flush=True)
    return row


def forget_peak() -> None:
    """Reset the peak memory that Linux reports for this process."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in status else own_peak_mib()


def own_peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def joined(count: int) -> list[Row]:
    """Let the added works join. Return the time for each."""
    began_s = time.perf_counter()
    while joining.run():
        pass
    each_ms = 1000 * (time.perf_counter() - began_s) / max(count, 1)
    assert Placement.objects.filter(overview__state="live", has_joined=True).count() == count
    return [shown(Row("overview", f"{count:,} works join", f"{each_ms:.1f} ms each", "", None, {"each_ms": each_ms}))]


def read(overview: Overview) -> Placed:
    """Return the numbers of group and subgroup, and the position, of each work."""
    rows = Placement.objects.filter(overview=overview)
    return {row[0]: row[1:] for row in rows.values_list("work", "group__number", "subgroup__number", "x", "y")}


def stability(before: Placed, after: Placed) -> list[Row]:
    """Compare the works that both overviews have: the same numbers of groups, and how far they moved on the map."""
    from sklearn.metrics import adjusted_mutual_info_score

    works = sorted(before.keys() & after.keys())
    one, other = ([side[work] for work in works] for side in (before, after))
    rows = []
    for name, column in (("groups", 0), ("subgroups", 1)):
        labels = [[row[column] or 0 for row in side] for side in (one, other)]
        same = float(np.mean(np.array(labels[0]) == np.array(labels[1])))
        score = float(adjusted_mutual_info_score(*labels))
        text = f"{same:.1%} of the works keep their number; adjusted mutual information {score:.3f}"
        rows.append(Row("overview", f"{name} after a rebuild", text, "", None, {"same": same, "ami": score}))
    placed = [(a[2:], b[2:]) for a, b in zip(one, other, strict=True) if a[2] is not None and b[2] is not None]
    if placed:
        moved = np.linalg.norm(np.diff(np.array(placed, np.float64), axis=1)[:, 0], axis=1)
        text = f"median {np.median(moved):.3f}, 95 % {np.percentile(moved, 95):.3f} of the map's side"
        rows.append(Row("overview", "moved on the map", text, "", None, {"median": float(np.median(moved))}))
    return rows


def pages() -> list[Row]:
    """Return p50 and p95 of each page, for a visitor in this process."""
    client = Client(headers={"host": "localhost"})
    rng = np.random.default_rng(3)
    works = rng.permutation(np.array(Artwork.objects.values_list("pk", flat=True)))[: 2 * ROUNDS].tolist()
    numbers = list(Overview.objects.get(state="live").groups.values_list("number", flat=True))
    group = [f"/groups/{numbers[n % len(numbers)]}/" for n in range(ROUNDS)] if numbers else []
    paths = [f"/paths/{a}/{b}/" for a, b in zip(works[::2], works[1::2], strict=True)]
    asked = {
        "/groups/": ["/groups/"] * ROUNDS,
        "a group": group,
        "/map/": ["/map/"] * ROUNDS,
        "a path": paths,
        "/outliers/": ["/outliers/"] * ROUNDS,
        "a work": [f"/works/{work}/" for work in works[:ROUNDS]],
    }
    return [shown(page_row(kind, client.get, urls)) for kind, urls in asked.items() if urls]


def page_row(kind: str, get: Callable[[str], object], urls: Sequence[str]) -> Row:
    get(urls[0])
    p50, p95 = timing.p50_p95_ms([timing.seconds(answered, get, url) for url in urls])
    goal = f"p95 <= {PATH_GOAL_MS} ms" if kind == "a path" else ""
    is_met = p95 <= PATH_GOAL_MS if goal else None
    return Row("overview", kind, f"p50 {p50:.0f} ms, p95 {p95:.0f} ms", goal, is_met, {"p50_ms": p50, "p95_ms": p95})


def answered(get: Callable[[str], object], url: str) -> None:
    """Request a page. Any status but 200 ends the benchmark. The page of two unconnected works has status 200 too."""
    status = getattr(get(url), "status_code", 0)
    assert status == 200, f"{url}: {status}"
