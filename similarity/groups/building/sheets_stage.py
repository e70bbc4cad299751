"""The stage of an overview that paints sheets: small tiles of all works, so that a page can draw thousands of them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AnonymousUser
from numpy.typing import NDArray
from PIL import Image

from collection import permissions
from collection.files import storage
from collection.models import ArtworkImage
from similarity.groups.building import sheet_files
from similarity.groups.graphs import grid
from similarity.models import MapSheet, Overview, Placement

SIDE_PX = 2048
FEW_WORKS = 8_192  # up to this number, works have the larger tiles, on at most 8 sheets
LARGE_TILE_PX, TILE_PX = 64, 32  # multiples of 16, so that JPEG's blocks do not mix two tiles
QUALITY = 82
NO_TONE = (128, 128, 128)
SAMPLE_PX = 160  # side of the derivatives from which tiles are made


@dataclass(frozen=True)
class Tile:
    """A picture as a tile. An image_id of 0 stands for a picture that could not be read."""

    image_id: int
    picture: Image.Image | None
    tone: bytes  # 4 bytes: mean colour, ratio of the sides


def run(overview: Overview) -> None:
    """Paint sheets of the works that are public now. Replace those of an interrupted attempt.

    The public learns from the gaps on a sheet how many of its works were withdrawn later. Works that were not public
    when the sheet was painted leave no gap. Files of deleted overviews are removed as well.
    """
    sheet_files.remove_lost()
    sheet_files.remove(overview.pk)
    MapSheet.objects.filter(overview=overview).delete()
    work_ids = by_place(overview)
    tile_px = LARGE_TILE_PX if len(work_ids) <= FEW_WORKS else TILE_PX
    length = (SIDE_PX // tile_px) ** 2
    for number, start in enumerate(range(0, len(work_ids), length)):
        paint(overview, number, tile_px, work_ids[start : start + length])


def by_place(overview: Overview) -> list[int]:
    """Return the ids of the public works in an order in which consecutive works are near each other on the map."""
    public = permissions.visible(AnonymousUser(), "work__")
    rows = Placement.objects.filter(public, overview=overview, x__isnull=False).order_by("work_id")
    works = np.array(list(rows.values_list("work", "x", "y").iterator()), np.float64).reshape(-1, 3)
    ids: list[int] = works[grid.curve(works[:, 1:].astype(np.float32)), 0].astype(np.int64).tolist()
    return ids


def paint(overview: Overview, number: int, tile_px: int, work_ids: Sequence[int]) -> None:
    """Write the file of one sheet, then its row."""
    rows = -(-len(work_ids) // (SIDE_PX // tile_px))
    canvas = Image.new("RGB", (SIDE_PX, rows * tile_px), NO_TONE)
    leading = ArtworkImage.objects.filter(artwork__in=work_ids).order_by("artwork_id", "position")
    images = {image.artwork_id: image for image in leading.distinct("artwork_id")}
    tiles = []
    for place, work_id in enumerate(work_ids):
        tile = tile_of(images.get(work_id), tile_px)
        left, top = corner(place, tile_px)
        canvas.paste(tuple(tile.tone[:3]), (left, top, left + tile_px, top + tile_px))
        if tile.picture is not None:
            canvas.paste(tile.picture, (left, top))
        tiles.append(tile)
    sheet = MapSheet(
        overview=overview, number=number, tile_px=tile_px, work_ids=list(work_ids),
        image_ids=[tile.image_id for tile in tiles], tones=b"".join(tile.tone for tile in tiles),
    )  # fmt: skip
    storage.write_whole(sheet_files.whole(sheet), jpeg(canvas))
    sheet.save()


def corner(place: int, tile_px: int) -> tuple[int, int]:
    """Return the left and upper edge in pixels of the tile at this place of a sheet."""
    across = SIDE_PX // tile_px
    return place % across * tile_px, place // across * tile_px


def tile_of(image: ArtworkImage | None, tile_px: int) -> Tile:
    """Return the tile of a picture. If its derivative is missing or damaged, the tile is grey."""
    if image is None:
        return Tile(0, None, tone_of(None, 1.0))
    ratio = image.width_px / image.height_px
    try:
        with Image.open(storage.derivative(image.sha256, SAMPLE_PX, "jpg")) as file:
            picture = file.convert("RGB")
    except OSError:
        return Tile(0, None, tone_of(None, ratio))
    tone = tone_of(np.asarray(picture), ratio)
    picture.thumbnail((tile_px, tile_px), Image.Resampling.BOX)
    return Tile(image.pk, picture, tone)


def tone_of(pixels: NDArray[np.uint8] | None, ratio: float) -> bytes:
    """Return the mean colour of (H, W, 3) pixels, and width / height on a scale of logarithms: 128 for a square."""
    colour = NO_TONE if pixels is None else tuple(pixels.reshape(-1, 3).mean(axis=0).round().astype(int).tolist())
    return bytes([*colour, int(np.clip(round(128 + 48 * np.log2(max(ratio, 1e-3))), 0, 255))])


def jpeg(canvas: Image.Image) -> bytes:
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
