"""The families of the study collection; each module paints one."""

from __future__ import annotations

from collection.study.families import (
    fields,
    marbled,
    mountains,
    still_lifes,
    suprematist,
    textiles,
    tiles,
    vessels,
)
from collection.study.records import Family

MODULES = (fields, suprematist, mountains, tiles, textiles, marbled, still_lifes, vessels)
FAMILIES: dict[str, Family] = {module.FAMILY.name: module.FAMILY for module in MODULES}
