"""Read the files of a picture and check whether they are whole. This changes nothing.

An original is whole if its size and SHA-256 are those of its upload. A derivative is whole if it decodes without a
warning and has the expected width and height.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyvips

# This import turns off libvips' cache, which would return the old content of a file that has changed.
import collection.imaging.streaming.libvips  # noqa: F401
from collection.files import storage
from collection.imaging.refusals import gettext_noop
from collection.models import ArtworkImage, FileState

ROUNDING_PX = 1  # derivatives are shrunk in two steps, each of which rounds
# In English as they are stored. collection.files.refusal_texts translates them for pages.
UNREADABLE = gettext_noop("The original cannot be read from the disk (%(error)s).")
OTHER_SIZE = gettext_noop("The original has %(bytes)s bytes instead of %(wanted)s.")
CHANGED = gettext_noop("The content of the original has changed since its upload.")
MISSING = gettext_noop("The original is missing.")
UNUSABLE = gettext_noop("%(count)s of its %(all)s smaller copies cannot be used: %(faults)s.")
NO_COPY = gettext_noop("%(file)s is missing")
OTHER_PIXELS = gettext_noop("%(file)s has %(width)s × %(height)s pixels")
DAMAGED_COPY = gettext_noop("%(file)s is damaged")

LOADERS = {".webp": pyvips.Image.webpload, ".jpg": pyvips.Image.jpegload, ".avif": pyvips.Image.heifload}


@dataclass(frozen=True)
class Finding:
    """The state of an original, or of all derivatives of a picture. `problem` is a sentence, "" if there is none."""

    state: FileState
    problem: str = ""


def check_original(image: ArtworkImage) -> Finding:
    """Read the whole original. Raise StoreUnavailableError if the folder of originals is missing."""
    try:
        return examine_original(image)
    except storage.StoreUnavailableError:
        raise
    except OSError as error:
        storage.require()
        return Finding(FileState.DAMAGED, UNREADABLE % {"error": error.strerror})


def examine_original(image: ArtworkImage) -> Finding:
    """Do the work of `check_original`. Raise OSError if the original exists but cannot be read."""
    path = storage.original(image.sha256, image.extension)
    try:
        size_bytes = path.stat().st_size
        if size_bytes != image.size_bytes:
            problem = OTHER_SIZE % {"bytes": f"{size_bytes:,}", "wanted": f"{image.size_bytes:,}"}
            return Finding(FileState.DAMAGED, problem)
        if storage.digest_of(path) != image.sha256:
            return Finding(FileState.DAMAGED, CHANGED)
    except (FileNotFoundError, NotADirectoryError):
        storage.require()  # on a disk that is not mounted, every file would be missing
        return Finding(FileState.MISSING, MISSING)
    return Finding(FileState.WHOLE)


def check_derivatives(image: ArtworkImage) -> Finding:
    """Decode all derivatives. Raise StoreUnavailableError if the folder of originals is missing."""
    faults = list(faults_of(image))
    if not faults:
        return Finding(FileState.WHOLE)
    storage.require()
    counts = {"count": str(len(faults)), "all": str(len(copies_of(image)))}
    state = FileState.DAMAGED if any(state == FileState.DAMAGED for state, _ in faults) else FileState.MISSING
    return Finding(state, UNUSABLE % {**counts, "faults": ", ".join(words for _, words in faults)})


def faults_of(image: ArtworkImage) -> Iterator[tuple[FileState, str]]:
    """Yield the state of each derivative that is not whole, with words such as "480.webp is missing"."""
    for side_px, extension in copies_of(image):
        path = storage.derivative(image.sha256, side_px, extension)
        if not os.path.lexists(path):
            yield FileState.MISSING, NO_COPY % {"file": path.name}
        elif fault := fault_of(path, image.size_at(side_px)):
            yield FileState.DAMAGED, fault


def copies_of(image: ArtworkImage) -> list[tuple[int, str]]:
    """Return the longer side in pixels and the extension of each derivative that should exist."""
    always = [(side_px, extension) for side_px in storage.SIDES_PX for extension in storage.EXTENSIONS]
    return always + [(side_px, "avif") for side_px in image.avif_sides]


def fault_of(path: Path, wanted: tuple[int, int]) -> str:
    """Return what is wrong with a derivative; "" if it has the wanted (width, height) and decodes completely."""
    load = LOADERS[path.suffix]
    try:
        picture = load(str(path), access="sequential", fail_on="warning")
        if not is_near((picture.width, picture.height), wanted):
            return OTHER_PIXELS % {"file": path.name, "width": str(picture.width), "height": str(picture.height)}
        picture.avg()  # decodes every pixel, in strips
    except pyvips.Error:
        return DAMAGED_COPY % {"file": path.name}
    return ""


def is_near(size: tuple[int, int], wanted: tuple[int, int]) -> bool:
    return all(abs(one - other) <= ROUNDING_PX for one, other in zip(size, wanted, strict=True))
