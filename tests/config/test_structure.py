"""The layers of folders in docs/architecture.md, in import-linter's contracts and in the imports agree."""

import re
import tomllib
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("config", "collection", "similarity")
MOST_MODULES = 14
MOST_BOXES = 26
# One module for each family of pictures; one for each command, which Django looks for in one folder.
CROWDED = {"collection/study/families", "similarity/management/commands"}
# Django, Celery and WSGI servers look for modules of these names.
CONVENTIONAL = {"__init__", "__main__", "admin", "api", "apps", "models", "tasks", "urls"}

Layers = list[set[str]]


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    """Imports at the top of modules and inside functions."""
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def modules() -> list[Path]:
    found = [path.relative_to(ROOT) for package in (*PACKAGES, "bench") for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def layers_in_contract(container: str) -> Layers:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = (contract["layers"] for contract in contracts if contract.get("containers") == [container])
    return [set(re.split(r"\s*[|:]\s*", layer)) for layer in found]


def layers_in_diagram(container: str) -> Layers:
    """Read the block under the container's name. Each line is a layer: names, two spaces or more, a description."""
    block = re.search(rf"```text\n{re.escape(container)}\n(.*?)```", (ROOT / "docs/architecture.md").read_text(), re.S)
    assert block is not None
    names = [re.split(r"\s{2,}", line.strip())[0] for line in block[1].splitlines()]
    return [set(line.split(", ")) for line in names]


def boxes_of(graph: grimp.ImportGraph, container: str) -> dict[str, set[str]]:
    """Return for each module or folder directly in the container those that it imports from."""
    found: dict[str, set[str]] = defaultdict(set)
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            one, other = (box_of(name, container) for name in (importer, imported))
            if one and other and one != other:
                found[one].add(other)
    return found


def box_of(module: str, container: str) -> str:
    inside = module.removeprefix(f"{container}.")
    return "" if inside == module else inside.split(".")[0]


def test_there_is_no_import_cycle(graph: grimp.ImportGraph) -> None:
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    try:
        order = list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        pytest.fail(f"an import cycle: {' -> '.join(error.args[1])}")

    assert len(order) == len(graph.modules) > 200


@pytest.mark.parametrize("container", ["collection", "similarity", "similarity.vision"])
def test_every_import_points_down_in_the_diagram(graph: grimp.ImportGraph, container: str) -> None:
    diagram = layers_in_diagram(container)
    height = {name: place for place, layer in enumerate(diagram) for name in layer}
    imports = boxes_of(graph, container)

    assert diagram == layers_in_contract(container)
    assert len(height) <= MOST_BOXES
    assert set(imports) | set().union(*imports.values()) <= set(height)
    up = [(one, other) for one, others in imports.items() for other in others if height[one] > height[other]]
    assert up == []


def test_no_folder_is_crowded() -> None:
    counts: dict[str, int] = defaultdict(int)
    for path in modules():
        counts[path.parent.as_posix()] += path.stem not in {"__init__", "__main__"}

    assert {folder for folder, count in counts.items() if count > MOST_MODULES} <= CROWDED


def test_no_two_modules_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        if path.stem not in CONVENTIONAL and "commands" not in path.parts:
            places[path.stem].append(path.as_posix())

    assert {name: found for name, found in places.items() if len(found) > 1} == {}
