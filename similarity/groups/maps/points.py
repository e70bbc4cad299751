"""The data of the map: every work that a person may see, as columns of numbers.

The layout of the bytes: the length of the header (uint32), the header (JSON, filled up with spaces so that the columns
begin at a multiple of 8), then the columns in the order of COLUMNS. All numbers are little-endian.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from collection.models import ArtworkImage
from similarity.groups.building import sheets_stage
from similarity.groups.graphs import grid, row_numbers
from similarity.groups.maps import placed
from similarity.groups.maps.group_labels import Label
from similarity.groups.maps.placed import Fingerprint
from similarity.models import MapSheet, Overview, Placement

BATCH = 5_000  # rows that are read at once
NO_SLOT = 65_535
ROW = np.dtype([("work", "<i8"), ("x", "<f4"), ("y", "<f4"), ("group", "<i8"), ("subgroup", "<i8"), ("hash", "<i8")])
PICTURE = np.dtype([("work", "<i8"), ("id", "<i8"), ("hash", "<i8")])
COLUMNS = np.dtype(
    [
        ("works", "<f8"), ("pictures", "<f8"),  # ids; JavaScript's numbers hold them up to 2 ** 53
        ("x", "<u2"), ("y", "<u2"),  # 0 to 65,535 over the whole map
        ("first", "<u2"), ("second", "<u2"),  # 1 for the first group of the header; 0 for none
        ("slots", "<u2"),  # the place of its tile on its sheet, or NO_SLOT
        ("tones", "u1", 4),  # mean colour in sRGB; 128 + 48 * log2(width / height)
    ]
)  # fmt: skip

Columns = dict[str, NDArray]


@dataclass(frozen=True)
class Packed:
    content: bytes
    fingerprint: Fingerprint  # of the rows that were read for the content


def pack(overview: Overview, rows: QuerySet[Placement], labels: Sequence[Label]) -> Packed:
    """Return the data of these works, 30 bytes each. Works that share a sheet are next to each other."""
    sheets = list(MapSheet.objects.filter(overview=overview).order_by("number"))
    found, pictures = read(rows), read_pictures(rows)
    fingerprint = Fingerprint(len(found), sum(found["hash"].tolist()), sum(pictures["hash"].tolist()))
    tiles = tiles_of(found["work"], sheets)
    order = np.argsort(np.where(tiles < 0, np.iinfo(np.int64).max, tiles), kind="stable")
    found, tiles = found[order], tiles[order]
    columns = columns_of(found, picture_of_each(found["work"], pictures), tiles, sheets, labels)
    complete(columns)
    header = json.dumps(header_of(overview, columns, tiles, sheets, labels)).encode()
    header += b" " * (-(len(header) + 4) % 8)
    body = b"".join(columns[name].tobytes() for name in COLUMNS.names or ())
    return Packed(len(header).to_bytes(4, "little") + header + body, fingerprint)


def read(rows: QuerySet[Placement]) -> NDArray:
    """Return (N,) ROW of these works, by id."""
    groups = {"first": Coalesce(F("group_id"), Value(0)), "second": Coalesce(F("subgroup_id"), Value(0))}
    own = {**groups, "hashed": placed.hash_of("work_id")}
    values = rows.order_by("work_id").annotate(**own).values_list("work", "x", "y", *own)
    return np.fromiter(values.iterator(chunk_size=BATCH), ROW)


def read_pictures(rows: QuerySet[Placement]) -> NDArray:
    """Return PICTURE of those of these works that have one, by id of the work: the first picture of each."""
    first = placed.first_pictures(rows).annotate(hashed=placed.hash_of("pk"))
    return np.fromiter(first.values_list("artwork", "pk", "hashed").iterator(chunk_size=BATCH), PICTURE)


def picture_of_each(work_ids: NDArray[np.int64], pictures: NDArray) -> NDArray[np.int64]:
    """Return (N,): the id of each work's first picture, or 0."""
    rows = row_numbers.find(pictures["work"], work_ids)
    return np.append(pictures["id"], 0)[rows]  # the last one is for works without a picture


def tiles_of(work_ids: NDArray[np.int64], sheets: Sequence[MapSheet]) -> NDArray[np.int64]:
    """Return (N,): the place of each work's tile, counted over all sheets, or -1 for a work without a tile."""
    tiled = np.array([pk for sheet in sheets for pk in sheet.work_ids], np.int64)
    by_id = np.argsort(tiled)
    return np.append(by_id, -1)[row_numbers.find(tiled[by_id], work_ids)]  # the last one is for works without a tile


def columns_of(
    found: NDArray,
    pictures: NDArray[np.int64],
    tiles: NDArray[np.int64],
    sheets: Sequence[MapSheet],
    labels: Sequence[Label],
) -> Columns:
    """Return the columns. A tile of a picture that is no longer the first of its work is not used: see `complete`."""
    place = {label.pk: row for row, label in enumerate(labels, start=1)}
    painted = np.array([0, *(pk for sheet in sheets for pk in sheet.image_ids)], np.int64)
    tones = np.frombuffer(
        bytes([*sheets_stage.tone_of(None, 1.0)]) + b"".join(bytes(s.tones) for s in sheets), np.uint8
    )
    own = tiles + 1  # 0 is a work without a tile
    is_current = (painted[own] > 0) & (painted[own] == pictures)
    slots = np.where(is_current, tiles - starts_of(sheets)[sheet_of(tiles, sheets)], NO_SLOT)
    return {
        "works": found["work"].astype("<f8"),
        "pictures": pictures.astype("<f8"),
        "x": scaled(found["x"]),
        "y": scaled(found["y"]),
        "first": numbered(found["group"], place),
        "second": numbered(found["subgroup"], place),
        "slots": slots.astype("<u2"),
        "tones": tones.reshape(-1, 4)[np.where(is_current, own, 0)],
    }


def scaled(positions: NDArray[np.float32]) -> NDArray:
    return np.clip(np.round(positions * 65_535), 0, 65_535).astype("<u2")


def numbered(group_ids: NDArray[np.int64], place: dict[int, int]) -> NDArray:
    """Return the places of these groups in the header, 0 for a group without a label."""
    distinct, inverse = np.unique(group_ids, return_inverse=True)
    return np.array([place.get(pk, 0) for pk in distinct.tolist()], "<u2")[inverse]


def starts_of(sheets: Sequence[MapSheet]) -> NDArray[np.int64]:
    """Return (S + 1,): the place of the first tile of each sheet, and the number of all tiles."""
    return np.cumsum([0, *(len(sheet.work_ids) for sheet in sheets)])


def sheet_of(tiles: NDArray[np.int64], sheets: Sequence[MapSheet]) -> NDArray[np.int64]:
    """Return (N,): the place of the sheet of each tile; 0 for no tile."""
    return np.maximum(np.searchsorted(starts_of(sheets), tiles, side="right") - 1, 0)


def complete(columns: Columns) -> None:
    """Add colour and ratio of works without a tile: those that joined, were not public, or have a new first picture."""
    lacking = {int(columns["pictures"][row]): row for row in np.flatnonzero(columns["slots"] == NO_SLOT)}
    images = ArtworkImage.objects.filter(pk__in=lacking).order_by().only("palette", "width_px", "height_px")
    for image in images.iterator(chunk_size=BATCH):
        row = lacking[image.pk]
        colours = [bytes.fromhex(colour.hex) for colour in image.colours[:1]]
        pixel = np.frombuffer(colours[0], np.uint8).reshape(1, 1, 3) if colours else None
        columns["tones"][row] = list(sheets_stage.tone_of(pixel, image.width_px / image.height_px))


def header_of(
    overview: Overview, columns: Columns, tiles: NDArray[np.int64], sheets: Sequence[MapSheet], labels: Sequence[Label]
) -> dict[str, object]:
    """Return the header: the size of the grid, the rows of each sheet, and the groups with their visible works."""
    edges = np.searchsorted(np.where(tiles < 0, np.iinfo(np.int64).max, tiles), starts_of(sheets)).tolist()
    sizes = np.bincount(columns["first"], minlength=len(labels) + 1)
    sizes = sizes + np.bincount(columns["second"], minlength=len(labels) + 1)
    return {
        "overview": overview.pk,
        "count": len(tiles),
        "cells": grid.cells_across(overview.size),
        "side_px": sheets_stage.SIDE_PX,
        "sheets": [
            {"number": sheet.number, "tile_px": sheet.tile_px, "start": edges[place], "end": edges[place + 1]}
            for place, sheet in enumerate(sheets)
            if edges[place] < edges[place + 1]  # the public learns nothing of a sheet without a work that it may see
        ],
        "groups": [
            {"number": one.number, "name": one.name, "parent": one.parent, "x": one.x, "y": one.y, "size": size}
            for one, size in zip(labels, sizes[1:].tolist(), strict=True)
        ],
    }
