"""Find the pictures of a folder. Paths outside the folder are refused."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from collection.files import file_names
from collection.imaging import Refused, check_size
from collection.imaging.formats import SNIFFED_BYTES, recognise
from collection.importing.mapping import Entry

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif"}
)
PICTURE_FOLDERS = ("", "images")  # subfolders in which the file names of a table are looked up


class LostFileError(ValueError):
    """A row names a file that is missing or outside the folder. The text states which of the two."""


def locate(folder: Path, name: str) -> Path:
    """Return the path of the picture of that name, in the folder or in its `images`. Raise LostFileError."""
    parts = Path(name.replace("\\", "/")).parts or ("..",)
    if ".." in parts or Path(*parts).is_absolute() or parts[0].endswith(":"):
        raise LostFileError("The file name leads out of the folder.")
    for place in PICTURE_FOLDERS:
        for spelt in dict.fromkeys((name, "/".join(parts), *spellings("/".join(parts)))):
            if path := regular_file(folder / place / spelt, folder):
                return path
    raise LostFileError("There is no such file in the folder.")


def spellings(name: str) -> Iterator[str]:
    """Return a name with its accents composed and decomposed: macOS decomposes them, other systems do not."""
    yield unicodedata.normalize("NFC", name)
    yield unicodedata.normalize("NFD", name)


def regular_file(path: Path, folder: Path) -> Path | None:
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve()):
            raise LostFileError("The file lies outside of the folder (it is a link).")
        return target if target.is_file() else None  # reading a pipe would never end
    except OSError:  # missing, not readable, or no valid name
        return None


def entries_for(folder: Path) -> list[Entry]:
    """Return an entry for each file of a folder without a table. The file name is the accession number.

    Files are recognised by content. Those that are no pictures are left out, with a reason. Return [] if all are.
    """
    paths = sorted(path for path in folder.rglob("*") if is_visible_file(path, folder))
    omissions = {path: reason for path in paths if (reason := omission_of(path))}
    stems = Counter(path.stem for path in paths if path not in omissions)
    if not stems:
        return []
    return [
        entry_for(path.relative_to(folder), is_alone=stems[path.stem] <= 1, omission=omissions.get(path, ""))
        for path in paths
    ]


def is_visible_file(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.is_file()


def omission_of(path: Path) -> str:
    """Return why a file is no picture, "" if it is one. A file that is named like a picture is refused later."""
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return ""
    try:
        with path.open("rb") as file:
            head = file.read(SNIFFED_BYTES)
        check_size(len(head))
        recognise(head)
    except OSError as error:
        return f"This file cannot be read: {error.strerror}."
    except Refused as reason:
        return str(reason)
    return ""


def entry_for(name: Path, *, is_alone: bool, omission: str = "") -> Entry:
    """Return the entry of a file. If several files have one stem, the number is the whole name."""
    number = name.stem if is_alone else name.as_posix().replace("/", "-")
    title = file_names.title(name.stem)
    return Entry(
        line=0,
        filename=name.as_posix(),
        accession_number=file_names.accession_number(number),
        fields={"title": title} if title else {},
        omission=omission,
    )
