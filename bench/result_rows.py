"""Rows of results, shown as a table and written to a JSON file for comparing runs."""

import datetime as dt
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "bench-results"


@dataclass(frozen=True)
class Row:
    benchmark: str
    what: str
    measured: str
    goal: str = ""
    is_met: bool | None = None  # None: there is no goal
    numbers: dict[str, float] = field(default_factory=dict)  # for the JSON file


def show(rows: Sequence[Row], facts: Mapping[str, object]) -> None:
    print("\n" + "; ".join(f"{name} {value}" for name, value in facts.items()) + "\n")
    cells = [("benchmark", "what", "measured", "goal", "")]
    cells += [(row.benchmark, row.what, row.measured, row.goal, mark(row)) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    for number, line in enumerate(cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths).rstrip())


def mark(row: Row) -> str:
    return "" if row.is_met is None else "met" if row.is_met else "MISSED"


def machine() -> dict[str, object]:
    """Return facts about the machine. A high `load` means that other programs disturbed the measurement."""
    import torch

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else -1.0
    return {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(load, 1),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "bf16 units": any(torch.cpu.get_capabilities().get(unit) for unit in ("amx_bf16", "avx512_bf16")),
    }


def write(rows: Sequence[Row], facts: Mapping[str, object]) -> Path:
    FOLDER.mkdir(exist_ok=True)
    now = dt.datetime.now(dt.UTC)
    path = FOLDER / f"{now:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({"at": now.isoformat(), **facts, "rows": [asdict(row) for row in rows]}, indent=1))
    return path
