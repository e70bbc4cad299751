"""The pictures of a folder: found by name without ever leaving it."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from collection.files import file_names
from collection.importing.mapping import Entry

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif"}
)
PICTURE_FOLDERS = ("", "images")  # where a table's file names are looked up


class LostFileError(ValueError):
    """A row names a file which is not there, or not in the folder; the text says which it is."""


def locate(folder: Path, name: str) -> Path:
    """The picture of that name, in the folder or in its `images`. Raises LostFileError."""
    parts = Path(name.replace("\\", "/")).parts or ("..",)
    if ".." in parts or Path(*parts).is_absolute() or parts[0].endswith(":"):
        raise LostFileError("The file name leads out of the folder.")
    for place in PICTURE_FOLDERS:
        for spelt in dict.fromkeys((name, "/".join(parts), *spellings("/".join(parts)))):
            if path := regular_file(folder / place / spelt, folder):
                return path
    raise LostFileError("There is no such file in the folder.")


def spellings(name: str) -> Iterator[str]:
    """One name, two ways to write its accents: macOS decomposes them, others do not."""
    yield unicodedata.normalize("NFC", name)
    yield unicodedata.normalize("NFD", name)


def regular_file(path: Path, folder: Path) -> Path | None:
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve()):
            raise LostFileError("The file lies outside of the folder (it is a link).")
        return target if target.is_file() else None  # a pipe would never end
    except OSError:  # not there, not ours to read, or no possible name
        return None


def entries_for(folder: Path) -> list[Entry]:
    """A folder without a table: each picture file is a work, its accession number the name of its file."""
    paths = sorted(path for path in folder.rglob("*") if is_picture_file(path, folder))
    stems = Counter(path.stem for path in paths)
    return [entry_for(path.relative_to(folder), is_alone=stems[path.stem] == 1) for path in paths]


def is_picture_file(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in PICTURE_SUFFIXES and path.is_file()


def entry_for(name: Path, *, is_alone: bool) -> Entry:
    """Where several files have one stem, the whole name tells them apart."""
    number = name.stem if is_alone else name.as_posix().replace("/", "-")
    title = file_names.title(name.stem)
    return Entry(
        line=0,
        filename=name.as_posix(),
        accession_number=file_names.accession_number(number),
        fields={"title": title} if title else {},
    )
