"""Fill the tables with hundreds of thousands of works, pictures and vectors, without the ORM."""

from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from bench.scale import binary_copy
from bench.scale.data import BATCH, GrownVectors, nearest
from collection.models import Artwork, ArtworkImage, Collection
from similarity.models import Metric, Space, SpaceState
from similarity.spaces import lifecycle

ONE_IN = 100  # works in each of the small collections that queries are filtered by
FEW = 5  # works in the smallest collection, fewer than a query requests
# Insert a copy of the template row, with some columns replaced, for each number of a range. New columns are copied too.
MULTIPLY = """
INSERT INTO {table} SELECT made.* FROM {table} AS template, generate_series(%s, %s) AS number,
LATERAL jsonb_populate_record(template, jsonb_build_object('id', number, {changes})) AS made WHERE template.id = 1
"""


@dataclass(frozen=True)
class Site:
    """Row n of the grown vectors belongs to the work, the picture and the embedding with the primary key n + 1."""

    space: Space
    grown: GrownVectors
    homes: NDArray[np.int64]  # (N,) index into `collections` of each work
    collections: list[Collection]


def prepare(grown: GrownVectors) -> Site:
    """Create the collections, a space without an index, and the two rows that serve as templates."""
    collections = [
        Collection.objects.create(slug=slug, title=slug)
        for slug in ("all others", "1 % from everywhere", "1 % that look alike", f"{FEW} works")
    ]
    space = Space.objects.create(
        lens=lifecycle.DEFAULT_LENS, backbone="grown", weights_digest="0" * 64, is_trained=False, pooling="none",
        dimensions=grown.vectors.shape[1], metric=Metric.COSINE, state=SpaceState.LIVE,
    )  # fmt: skip
    homes = homes_of(grown)
    work = Artwork.objects.create(
        pk=1, collection=collections[int(homes[0])], accession_number="scale.1", title="Work", is_published=True
    )
    ArtworkImage.objects.create(
        pk=1, artwork=work, collection=work.collection, sha256=f"{1:064d}", pixel_digest=f"{1:064d}", format="JPEG",
        extension="jpg", size_bytes=100_000, width_px=1_600, height_px=1_200, is_ready=True,
    )  # fmt: skip
    return Site(space, grown, homes, collections)


def homes_of(grown: GrownVectors) -> NDArray[np.int64]:
    """Return (N,) indices of collections: 1 for every ONE_IN-th work, 2 for a real neighbourhood, 3 for FEW, else 0."""
    count = len(grown.vectors)
    homes = np.zeros(count, np.int64)
    real = grown.vectors[: int(grown.roots.max()) + 1]
    near = nearest(real, np.zeros(1, np.int64), max(len(real) // ONE_IN, 1))[0]
    homes[np.isin(grown.roots, near)] = 2
    homes[ONE_IN - 1 :: ONE_IN] = 1
    homes[1 : 1 + FEW] = 3
    return homes


def fill(site: Site, begin: int, end: int) -> None:
    """Add the works from `begin` up to, but not including, `end`, with their pictures and vectors."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # neither triggers nor checks of foreign keys
        for start in range(max(begin, 1), end, 10 * BATCH):  # row 0 is the template
            add_works(site, start, min(start + 10 * BATCH, end))
        for start in range(begin, end, BATCH):
            rows = np.arange(start, min(start + BATCH, end))
            columns: binary_copy.Columns = {"id": rows + 1, "image_id": rows + 1, "space_id": site.space.pk}
            binary_copy.copy("similarity_embedding", columns, site.grown.vectors[rows])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def add_works(site: Site, begin: int, end: int) -> None:
    keys = [collection.pk for collection in site.collections]
    homes = [keys[home] for home in site.homes[begin:end]]
    home = "'collection_id', (%s::bigint[])[number - %s]"
    digests = "'sha256', lpad(number::text, 64, '0'), 'pixel_digest', lpad(number::text, 64, '0')"
    with connection.cursor() as cursor:
        for table, changes in (
            ("collection_artwork", f"'accession_number', 'scale.' || number, {home}"),
            ("collection_artworkimage", f"'artwork_id', number, {digests}, {home}"),
        ):
            cursor.execute(MULTIPLY.format(table=table, changes=changes), [begin + 1, end, homes, begin])
