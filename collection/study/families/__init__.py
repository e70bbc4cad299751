"""The families of the study collection. Each module paints one."""

from __future__ import annotations

from collection.study.families import (
    bauhaus,
    botanicals,
    celestial,
    cutouts,
    fields,
    inks,
    marbled,
    mountains,
    still_lifes,
    suprematist,
    textiles,
    tiles,
    vessels,
    waves,
)
from collection.study.records import Family

# The order in which works are added. Families side by side differ.
MODULES = (
    mountains, suprematist, still_lifes, tiles, fields, botanicals, textiles,
    bauhaus, waves, vessels, celestial, cutouts, marbled, inks,
)  # fmt: skip
FAMILIES: dict[str, Family] = {module.FAMILY.name: module.FAMILY for module in MODULES}
