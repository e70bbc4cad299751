"""Static files as they are served where the site is not in debug mode."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import Storage

from config.serving.static_files import StaticFiles


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> StaticFiles:
    """Kindred's own static files, as collectstatic stores them."""
    folder = tmp_path_factory.mktemp("static")
    storage = StaticFiles(location=str(folder), base_url="/static/")
    paths: dict[str, tuple[Storage, str]] = {}
    for name, source in finders.get_finder("django.contrib.staticfiles.finders.FileSystemFinder").list([]):
        with source.open(name) as file:
            storage.save(name, file)
        paths[name] = (source, name)
    for name, _, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), f"{name}: {processed}"
    return storage


def text_of(collected: StaticFiles, name: str) -> str:
    return (Path(collected.location) / collected.stored_name(name)).read_text()


def test_the_style_sheet_of_all_pages_contains_the_blocks_in_their_order(collected: StaticFiles):
    names = re.findall(r'@import "(.+)";', (settings.BASE / "static/css/site.css").read_text())

    sheet = text_of(collected, "css/site.css")

    assert "@import" not in sheet
    rules = [re.search(r"^[^/@\n]+\{", text_of(collected, f"css/{name}"), re.MULTILINE) for name in names]
    places = [sheet.index(rule[0]) for rule in rules if rule]
    assert places == sorted(places)


def test_fonts_and_imported_scripts_have_a_digest_in_their_names(collected: StaticFiles):
    sheet = text_of(collected, "css/site.css")
    script = text_of(collected, "js/map/page.js")

    addresses = [*re.findall(r'url\("(.+?)"\)', sheet), *re.findall(r'from "(.+?)"', script)]

    assert len(addresses) > 4
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", address) for address in addresses)


def test_the_map_preloads_all_scripts_that_it_imports():
    static = settings.BASE / "static"
    waiting, imported = [static / "js/map/page.js"], set()
    while waiting:
        script = waiting.pop()
        if script.is_relative_to(static / "vendor"):
            continue
        found = {(script.parent / name).resolve() for name in re.findall(r'from "(\..+?)"', script.read_text())}
        waiting += found - imported
        imported |= found

    template = (settings.BASE / "templates/groups/_map_scripts.html").read_text()

    preloaded = re.findall(r"modulepreload\" fetchpriority=\"low\" href=\"{% static '(.+?)' %}", template)
    assert sorted(preloaded) == sorted(str(script.relative_to(static)) for script in imported)
