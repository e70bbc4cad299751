"""A large synthetic collection: vectors between near neighbours among a few hundred real descriptors."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from bench import timing
from bench.gallery import Gallery
from collection.models import Artwork, ArtworkImage, Collection
from similarity.index import hnsw, store
from similarity.models import Embedding, Space

SIZE = 30_000
SIZE_QUICK = 2_000
BATCH = 1_000
# With these values, the distances to the first and the tenth neighbour among 30,000 vectors equal those extrapolated
# from 60, 120 and 240 real descriptors: about 4e-4 and 8e-4, where the median of all pairs is 1.5e-2.
NEAR = 10  # real descriptors in a neighbourhood
LEANING = 0.25  # standard deviation of the weight of each neighbour
NOISE = 0.1  # standard deviation of the noise, relative to that of the neighbourhood in each dimension
HIDDEN_EVERY = 10  # one work in ten is not published, so that the query has something to filter

Vectors = NDArray[np.float32]


@dataclass
class SyntheticGallery:
    """The works that visitors may see, and the time that filling the database took."""

    space: Space
    work_ids: NDArray[np.int64]  # (N,)
    vectors: Vectors  # (N, D) float32, as computed; the database stores 16-bit numbers
    total: int  # number of works, including hidden ones
    load_s: float
    build_s: float  # of the index


@cache
def fill(gallery: Gallery) -> SyntheticGallery:
    """Fill the live space, once for each gallery. The index is built after loading, which is several times faster."""
    gallery.embed_all()
    space = gallery.space
    count = SIZE_QUICK if gallery.is_quick else SIZE
    real_ids, real = real_vectors(space)
    vectors = resampled(real, count)
    images = many_images(count)
    run_sql(f"DROP INDEX {space.index_name}")
    load_s = timing.seconds(put, space, images, vectors)
    build_s = timing.seconds(hnsw.create, space)
    run_sql("ANALYZE")
    gallery.mark_derivatives_done()
    print(f"  {count:,} vectors: stored in {load_s:.0f} s, index built in {build_s:.0f} s", flush=True)
    is_seen = np.arange(count) % HIDDEN_EVERY != 0
    work_ids = np.concatenate([real_ids, np.array([image.artwork_id for image in images])[is_seen]])
    return SyntheticGallery(
        space, work_ids, np.concatenate([real, vectors[is_seen]]), count + len(real), load_s, build_s
    )


def real_vectors(space: Space) -> tuple[NDArray[np.int64], Vectors]:
    """Return (R,) ids of works and (R, D) float32 vectors of the real pictures."""
    rows = Embedding.objects.filter(space=space).values_list("image__artwork_id", "vector")
    ids, vectors = zip(*rows, strict=True)
    return np.array(ids), np.stack([store.as_array(vector) for vector in vectors])


def resampled(real: Vectors, count: int, seed: int = 7) -> Vectors:
    """Return (count, D) unit rows made from (R, D) real ones: a real row plus weighted differences to its neighbours.

    The weights are positive or negative. Mixtures with positive weights alone would all lie in the middle of their
    neighbourhood, far too close together.
    """
    rng = np.random.default_rng(seed)
    near = np.argsort(-(real @ real.T), axis=1)[:, :NEAR]  # (R, NEAR), each row with itself first
    made = []
    for start in range(0, count, BATCH):
        group = real[near[rng.integers(len(real), size=min(BATCH, count - start))]]  # (size, NEAR, D)
        centre = group[:, 0]
        leaning = LEANING * rng.standard_normal((len(group), NEAR - 1))
        noise = NOISE * group.std(axis=1) * rng.standard_normal(centre.shape)
        made.append(centre + np.einsum("nk,nkd->nd", leaning, group[:, 1:] - group[:, :1]) + noise)
    vectors = np.concatenate(made).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def many_images(count: int, *, slug: str = "synthetic", first: int = 0) -> list[ArtworkImage]:
    """Create rows of pictures without files, each with its work, numbered from `first` on."""
    collection = Collection.objects.create(slug=slug, title="Synthetic")
    works = Artwork.objects.bulk_create(
        [
            Artwork(
                collection=collection, accession_number=f"synthetic.{n}", title=f"Work {n}",
                is_published=n % HIDDEN_EVERY != 0,
            )
            for n in range(first, first + count)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    return ArtworkImage.objects.bulk_create(
        [
            ArtworkImage(
                artwork=work, collection=collection, sha256=f"{n:064x}", pixel_digest=f"{n:064x}", format="JPEG",
                extension="jpg", size_bytes=100_000, width_px=1_600, height_px=1_200, is_ready=True,
            )
            for n, work in enumerate(works, start=first)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def put(space: Space, images: Sequence[ArtworkImage], vectors: Vectors) -> None:
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        store.put_all(space, [image.pk for image in batch], vectors[start : start + BATCH])


def run_sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
