"""The files of the map's sheets, under MEDIA_ROOT/maps, in a folder for each overview."""

import shutil
from pathlib import Path

from django.conf import settings

from similarity.models import MapSheet, Overview


def folder_of_maps() -> Path:
    return Path(settings.MEDIA_ROOT, "maps")


def folder(overview_id: int) -> Path:
    return folder_of_maps() / str(overview_id)


def whole(sheet: MapSheet) -> Path:
    """Return the path of a sheet as it was painted. It may have tiles of works that were withdrawn since."""
    return folder(sheet.overview_id) / f"{sheet.number}.jpg"


def without(sheet: MapSheet, digest: str) -> Path:
    """Return the path of a sheet on which the tiles with this digest are covered."""
    return folder(sheet.overview_id) / f"{sheet.number}-{digest}.jpg"


def remove(overview_id: int) -> None:
    """Delete the files of an overview."""
    shutil.rmtree(folder(overview_id), ignore_errors=True)


def remove_lost() -> None:
    """Delete the files of overviews that no longer exist, such as those whose worker was killed."""
    for path in folder_of_maps().glob("*"):
        if path.name.isdecimal() and not Overview.objects.filter(pk=int(path.name)).exists():
            remove(int(path.name))
