"""Find picture files to measure: in a folder, or in the site's own collections."""

from pathlib import Path

from collection.files import storage
from collection.models import ArtworkImage
from collection.permissions import unmerged
from similarity.models import DuplicatePair, Verdict

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic"}


def own_pictures() -> list[Path]:
    """Return the original file of the first picture of each work. Known duplicates count once, merged works not at all.

    Further pictures of a work are left out, because they are neither copies nor unrelated pictures.
    """
    duplicates = DuplicatePair.objects.filter(unmerged("low__artwork__"), verdict=Verdict.DUPLICATE).values("high")
    pictures = (
        ArtworkImage.objects.filter(unmerged("artwork__")).exclude(pk__in=duplicates).order_by("artwork_id", "position")
    )
    return [storage.original(image.sha256, image.extension) for image in pictures.distinct("artwork_id")]


def pictures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
