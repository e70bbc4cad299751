"""Every text of the sources has a German translation, and the compiled files are those of the sources."""

import difflib
import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path("locale/de/LC_MESSAGES")
SOURCES = ("collection", "config", "similarity", "templates", "static")
DOMAINS = ("django", "djangojs")

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is missing (Debian: gettext)")


def entries(catalogue: Path) -> list[str]:
    """Return the lines after the header, whose dates change at every collection."""
    _, _, rest = catalogue.read_text().partition("\n\n")
    return rest.splitlines()


@needs_gettext
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_has_the_texts_of_the_sources(domain: str, tmp_path: Path) -> None:
    for name in SOURCES:
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    command = [
        sys.executable,
        str(ROOT / "manage.py"),
        "makemessages",
        "--locale=de",
        f"--domain={domain}",
        "--symlinks",
    ]
    command += ["--no-location", "--no-wrap", "--no-obsolete", "--ignore=static/vendor"]
    environment = os.environ | {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://localhost/0"}

    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)

    committed, collected = entries(ROOT / FOLDER / f"{domain}.po"), entries(tmp_path / FOLDER / f"{domain}.po")
    assert list(difflib.unified_diff(committed, collected, "committed", "collected", n=1)) == [], "run make messages"


@needs_gettext
@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("state", ["--untranslated", "--only-fuzzy"])
def test_every_text_is_translated(domain: str, state: str) -> None:
    command = ["msgattrib", state, "--no-wrap", str(ROOT / FOLDER / f"{domain}.po")]

    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert [line for line in found.splitlines() if line.startswith("msgid ") and line != 'msgid ""'] == []


@needs_gettext
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_that_of_the_source(domain: str, tmp_path: Path) -> None:
    compiled = tmp_path / "compiled.mo"
    command = ["msgfmt", "--check-format", "-o", str(compiled), str(ROOT / FOLDER / f"{domain}.po")]

    subprocess.run(command, check=True, capture_output=True)

    assert texts_of(ROOT / FOLDER / f"{domain}.mo") == texts_of(compiled), "run make messages"


def texts_of(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        texts: dict[object, str] = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    texts.pop("")  # the header
    return texts
