"""The storage of static files: names contain a digest, and a style sheet contains the text of those that it imports."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import "(?P<name>[\w-]+\.css)";$', re.MULTILINE)  # of a file in the same folder
MODULES = ("js/*.js", ((r"""(?P<matched>from "(?P<url>\.[^"]+)")""", 'from "%(url)s"'),))

Sources = Mapping[str, tuple[Storage, str]]  # the storage and the path of each static file, by its name


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files. On a slow network a page with one style sheet is drawn sooner than one with fifteen.

    The names in imports of Kindred's scripts have digests too, so browsers keep these files for as long as others.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, MODULES)

    def post_process(self, paths: Sources, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        yield from super().post_process({**paths, **bundles(paths)}, dry_run, **options)


def bundles(sources: Sources) -> dict[str, tuple[Storage, str]]:
    """Return the style sheets that import others, with the text of these in place of the imports."""
    written = InMemoryStorage()
    found: dict[str, tuple[Storage, str]] = {}
    for name in sources:
        if name.endswith(".css") and IMPORT.search(text(sources, name)):
            written.save(name, ContentFile(bundled(sources, name).encode()))
            found[name] = (written, name)
    return found


def bundled(sources: Sources, name: str) -> str:
    """Return a style sheet with the text of those that it imports. All are in one folder: addresses stay true."""
    folder = PurePosixPath(name).parent
    return IMPORT.sub(lambda found: bundled(sources, str(folder / found["name"])), text(sources, name))


def text(sources: Sources, name: str) -> str:
    storage, path = sources[name]
    with storage.open(path) as file:
        content: bytes = file.read()
    return content.decode()
