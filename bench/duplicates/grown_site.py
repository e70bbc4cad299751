"""A site of painted pictures, and a large synthetic collection around them, with hashes and vectors of windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from bench import synthetic
from bench.scale import binary_copy
from bench.synthetic import BATCH, run_sql
from collection import study
from collection.files import storage
from collection.importing import importer
from collection.jobs import derivative_jobs, job_queue
from collection.models import ArtworkImage, Collection
from similarity.duplicates import compared_pictures, detection, feature_store, proposals
from similarity.embedding import embedders, pipeline, twin_networks
from similarity.index import hnsw, store
from similarity.models import Fingerprint, Space
from similarity.spaces import lifecycle
from similarity.vision.lenses import REGIONS

BUILD_MEMORY = "4GB"  # for indexes; those of a million works need 8 to be built fast
HASH_INDEXES = ("fingerprint_hnsw", "fingerprint_twin_hnsw")


@dataclass
class PaintedSite:
    """The painted pictures, described by the shipped networks. grown: the number of synthetic pictures beside them."""

    image_ids: list[int]
    match: Space
    regions: Space
    grown: int = 0


def painted_site(home: Path, count: int) -> PaintedSite:
    """Import painted pictures, make their derivatives and describe them."""
    folder = home / "study"
    study.paint(folder, works=count)
    collection = Collection.objects.create(slug="painted", title="Painted")
    entries = importer.entries_of(folder, folder / "metadata.csv")
    importer.run(folder, entries, importer.target_for(collection, publishes=True), lambda _: None)
    while job_queue.is_waiting(job_queue.DERIVATIVES):
        derivative_jobs.run()
    embedders.open_spaces()
    pipeline.run([embedders.configured()], twin_network=twin_networks.shipped())
    match, regions = lifecycle.for_copies(), lifecycle.live(REGIONS)
    assert match is not None
    assert regions is not None
    lifecycle.calibrate(match)
    match.refresh_from_db()
    ids = Fingerprint.objects.filter(is_flat=False).order_by("pk").values_list("pk", flat=True)
    return PaintedSite(list(ids), match, regions)


def grow(site: PaintedSite, size: int, flipped: float) -> None:
    """Add synthetic works until there are `size`. Indexes are dropped first and built at the end, which is faster."""
    missing = size - site.grown - len(site.image_ids)
    indexes = drop_indexes(site)
    images = synthetic.many_images(missing, slug=f"synthetic-{size}", first=site.grown)
    rng = np.random.default_rng(size)
    base = rng.integers(len(site.image_ids), size=missing)
    for start in range(0, missing, BATCH):
        rows, batch = base[start : start + BATCH], images[start : start + BATCH]
        put_vectors(site, batch, len(rows), seed=start + size)
        put_fingerprints(site, batch, rows, flipped, rng)
    site.grown += missing
    run_sql(f"SET maintenance_work_mem = '{BUILD_MEMORY}'")
    for space in (site.match, site.regions):
        hnsw.create(space)
    for sql in indexes:
        run_sql(sql)
    run_sql("ANALYZE")


def drop_indexes(site: PaintedSite) -> list[str]:
    """Drop the indexes of vectors and hashes. Return the SQL that builds those of hashes again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(HASH_INDEXES)])
        found = cursor.fetchall()
    for name, _ in found:
        run_sql(f"DROP INDEX {name}")
    for space in (site.match, site.regions):
        hnsw.drop(space)
    return [sql for _, sql in found]


def put_vectors(site: PaintedSite, images: Sequence[ArtworkImage], count: int, seed: int) -> None:
    """Store vectors made from those of the painted pictures, with the same mixture in both spaces."""
    wholes, regions = vectors_of(site)
    mixed = synthetic.resampled(np.concatenate([wholes, regions], axis=1), count, seed)
    ids = np.array([image.pk for image in images])
    dimensions = site.regions.dimensions
    copy_vectors(site.match, ids, mixed[:, : wholes.shape[1]])
    copy_vectors(site.regions, ids, mixed[:, wholes.shape[1] : wholes.shape[1] + dimensions])
    windows = mixed[:, wholes.shape[1] + dimensions :].reshape(-1, dimensions)
    parts = site.regions.parts - 1
    part = np.tile(np.arange(1, parts + 1, dtype=np.int16), count)
    columns: binary_copy.Columns = {"space_id": site.regions.pk, "image_id": np.repeat(ids, parts), "part": part}
    binary_copy.copy("similarity_region", columns, windows)


def copy_vectors(space: Space, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
    """Store (N, D) vectors, one for each picture. Their keys are made up: no picture has several vectors here."""
    columns: binary_copy.Columns = {"id": 10**12 * space.pk + ids, "image_id": ids, "space_id": space.pk}
    binary_copy.copy("similarity_embedding", columns, vectors)


def vectors_of(site: PaintedSite) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the vectors of the painted pictures whose windows all have vectors.

    They are (P, D) in the space of copies and (P, parts * D) in that of regions, float32.
    """
    match = store.vectors_of(site.match, site.image_ids)
    whole, windows = (read(site.regions, site.image_ids) for read in (store.vectors_of, store.regions_of))
    full = site.regions.parts - 1
    ids = [pk for pk in site.image_ids if pk in match and len(windows.get(pk, ())) == full]
    parts = [np.concatenate([whole[pk], windows[pk].ravel()]) for pk in ids]
    return np.stack([match[pk] for pk in ids]), np.stack(parts)


def put_fingerprints(
    site: PaintedSite,
    images: Sequence[ArtworkImage],
    base: NDArray[np.int64],
    flipped: float,
    rng: np.random.Generator,
) -> None:
    """Store a fingerprint grown from that of a painted picture for each image.

    A share of the bits of both hashes is flipped, and the thumbnail is shifted in a circle, so that it shows no copy.
    base: (N,) the place of the painted picture in `site.image_ids`. flipped: 0..1.
    """
    known = Fingerprint.objects.in_bulk(site.image_ids)
    rows = []
    for image, row in zip(images, base.tolist(), strict=True):
        like = known[site.image_ids[row]]
        twin = int(noisy(f"{int(like.twin or '0', 16):048b}", flipped, rng), 2)
        value, bits = detection.twin_columns(f"{twin:012x}")
        rows.append(
            Fingerprint(
                image=image, phash=noisy(str(like.phash), flipped, rng), is_flat=False, thumb=shifted(like, rng),
                colours=like.colours, twin=value, twin_bits=bits,
            )
        )  # fmt: skip
    Fingerprint.objects.bulk_create(rows)


def shifted(like: Fingerprint, rng: np.random.Generator) -> bytes:
    """Return a thumbnail, moved by a quarter of its side or more in both directions."""
    pixels = proposals.restore(like).pixels
    side = len(pixels)
    down, right = rng.integers(side // 4, side - side // 4, size=2)
    return np.roll(pixels, (down, right), axis=(0, 1)).tobytes()


def noisy(bits: str, share: float, rng: np.random.Generator) -> str:
    flips = rng.random(len(bits)) < share
    return "".join("10"[int(bit)] if flip else bit for bit, flip in zip(bits, flips, strict=True))


def candidates_of(site: PaintedSite, image_id: int) -> list[int]:
    """Return the ids of the candidates of one picture."""
    one = Fingerprint.objects.select_related("image").get(pk=image_id)
    vectors = [proposals.vectors_in(space, [image_id]) for space in (site.match, site.regions)]
    return [candidate.print.pk for candidate in proposals.find(vectors[0], vectors[1], one)]


def store_again(site: PaintedSite, image_id: int) -> None:
    """Write the vectors of one picture again, which adds them to the indexes anew."""
    (match,) = store.vectors_of(site.match, [image_id]).values()
    (whole,) = store.vectors_of(site.regions, [image_id]).values()
    full = site.regions.parts - 1
    regions = store.regions_of(site.regions, [image_id]).get(image_id, np.empty((0, len(whole)), np.float32))
    parts = np.zeros((1 + full, len(whole)), np.float32)
    parts[0], parts[1 : 1 + len(regions[:full])] = whole, regions[:full]
    store.put_all(site.match, [image_id], match[None])
    store.put_all(site.regions, [image_id], parts.reshape(1, -1))
    if len(regions) > full:
        store.put_on_wall(site.regions, {image_id: regions[full]})


def prepare_features(site: PaintedSite, image_id: int, candidates: Sequence[int]) -> None:
    """Store features of painted pictures for the candidates, and delete the picture's own, which an upload lacks."""
    painted = list(ArtworkImage.objects.filter(pk__in=site.image_ids).order_by("pk"))
    synthetic_ones = ArtworkImage.objects.filter(pk__in=candidates).exclude(pk__in=site.image_ids)
    for place, image in enumerate(synthetic_ones):
        like = painted[(image_id + place) % len(painted)]
        assert compared_pictures.read(like) is not None, storage.derivatives(like.sha256)
        data = feature_store.read(like.sha256)
        if data is not None:
            feature_store.write(image.sha256, data)
    own = next(image for image in painted if image.pk == image_id)
    feature_store.path_of(own.sha256).unlink(missing_ok=True)
