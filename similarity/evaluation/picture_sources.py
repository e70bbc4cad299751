"""Where pictures to be measured come from: a folder, or the site's own collections."""

from pathlib import Path

from collection.files import storage
from collection.models import ArtworkImage
from similarity.models import DuplicatePair, Verdict

SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic"}


def own_pictures() -> list[Path]:
    """One picture of each work: its other views are neither copies nor strangers. Known duplicates count once."""
    duplicates = DuplicatePair.objects.filter(verdict=Verdict.DUPLICATE).values("high")
    pictures = ArtworkImage.objects.exclude(pk__in=duplicates).order_by("artwork_id", "position")
    return [storage.original(image.sha256, image.extension) for image in pictures.distinct("artwork_id")]


def pictures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
