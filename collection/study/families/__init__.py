"""The families of the study collection; each module paints one."""

from __future__ import annotations

from collection.study.families import fields, suprematist
from collection.study.records import Family

FAMILIES: dict[str, Family] = {module.FAMILY.name: module.FAMILY for module in (fields, suprematist)}
