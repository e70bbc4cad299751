"""Sheets as everybody may see them: the tiles of pictures that are not public now are covered.

A sheet is requested as a whole, so the permission to see a single tile cannot be checked. Everybody gets the same
sheet, curators too. Curators see their other pictures when they zoom in: the server checks each of these requests.
"""

import hashlib
import threading
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from PIL import Image

from collection.files import storage
from collection.models import ArtworkImage
from collection.permissions import visible_pictures
from similarity.groups.building import sheet_files, sheets_stage
from similarity.models import MapSheet

KEPT = 3  # files of one sheet with different tiles covered; an older one may still be sent to somebody

painter = threading.BoundedSemaphore(1)  # a sheet of 2,048 x 2,048 pixels takes 12 MiB


def covered_tiles(sheet: MapSheet) -> list[int]:
    """Return the places of the tiles whose pictures are not public, or were deleted."""
    there = ArtworkImage.objects.filter(visible_pictures(AnonymousUser()), pk__in=sheet.image_ids)
    public = set(there.values_list("pk", flat=True))
    return [place for place, pk in enumerate(sheet.image_ids) if pk and pk not in public]


def digest_of(covered: list[int]) -> str:
    return hashlib.sha256(",".join(map(str, covered)).encode()).hexdigest()[:16] if covered else "all"


def file_of(sheet: MapSheet, covered: list[int]) -> Path:
    """Return the path of the sheet with these tiles covered. Write it if it does not exist. Raise OSError."""
    if not covered:
        return sheet_files.whole(sheet)
    path = sheet_files.without(sheet, digest_of(covered))
    if not path.exists():
        with painter:
            if not path.exists():  # another thread may have written it in the meantime
                write(sheet, covered, path)
    return path


def write(sheet: MapSheet, covered: list[int], path: Path) -> None:
    with Image.open(sheet_files.whole(sheet)) as file:
        canvas = file.convert("RGB")
    for place in covered:
        left, top = sheets_stage.corner(place, sheet.tile_px)
        canvas.paste(sheets_stage.NO_TONE, (left, top, left + sheet.tile_px, top + sheet.tile_px))
    storage.write_whole(path, sheets_stage.jpeg(canvas), is_synced=False)
    others = sorted(path.parent.glob(f"{sheet.number}-*.jpg"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in others[KEPT:]:
        old.unlink(missing_ok=True)
