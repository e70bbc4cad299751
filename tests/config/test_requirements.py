"""The pinned requirements satisfy pyproject.toml."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.config.joining import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {
    "web": [],
    "worker": ["worker"],
    "local": ["worker", "local"],
    "dev": ["worker", "local", "dev"],
    "bench": ["worker", "local", "dev", "bench"],
}


def pins(name: str) -> dict[str, list[str]]:
    """Return the versions of each package. There are several if they differ between Pythons or systems."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), re.M):
        found.setdefault(package, []).append(version)
    return found


@pytest.mark.parametrize("name", EXTRAS)
def test_every_requirement_is_pinned_within_its_range(name):
    wanted = [*PROJECT["dependencies"], *(line for e in EXTRAS[name] for line in PROJECT["optional-dependencies"][e])]
    pinned = pins(name)

    for requirement in map(Requirement, wanted):
        assert pinned.get(requirement.name), f"{requirement.name} is not pinned"
        assert all(version in requirement.specifier for version in pinned[requirement.name])


@pytest.mark.parametrize("name", EXTRAS)
def test_pinned_files_name_no_address_and_have_a_hash_for_every_package(name):
    text = (ROOT / f"requirements/{name}.txt").read_text()

    assert "://" not in text
    assert all("\\" in line for line in text.splitlines() if "==" in line)
