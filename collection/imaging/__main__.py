"""The process in which `own_process` decodes a large picture: python -m collection.imaging REQUEST < FILE."""

import ctypes
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from collection.imaging.checking import check_here
from collection.imaging.cropping import Crop
from collection.imaging.limits import MIB, Limits, ProcessLimits
from collection.imaging.refusals import Refused
from collection.imaging.shrinking import shrink_here
from collection.imaging.streaming.reducing import reduce_here
from collection.imaging.streaming.tiling import tile_here

PR_SET_PDEATHSIG = 1  # prctl(2)

Answer = tuple[dict[str, Any], bytes]


def check(data: bytes, limits: Limits) -> Answer:
    return asdict(check_here(data, limits)), b""


def shrink(data: bytes, limits: Limits, side_px: int, detail: list[float] | None) -> Answer:
    return {}, shrink_here(data, side_px, limits, None if detail is None else Crop(*detail))


def reduce(data: bytes, limits: Limits, side_px: int) -> Answer:
    reduced = reduce_here(data, side_px, limits)
    return {"size": reduced.size}, reduced.tobytes()


def tile(data: bytes, limits: Limits, size: list[int]) -> Answer:
    width_px, height_px = size
    return {}, tile_here(data, (width_px, height_px), limits)


TASKS: dict[str, Callable[..., Answer]] = {"check": check, "shrink": shrink, "reduce": reduce, "tile": tile}


def bound(limits: ProcessLimits) -> None:
    """Limit the memory and time of this process. Prevent it from writing files. End it when its caller ends."""
    with suppress(OSError, AttributeError):  # Linux: end with the caller, and be killed first if memory runs out
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        Path("/proc/self/oom_score_adj").write_text("1000")
    signal.setitimer(signal.ITIMER_REAL, limits.time_s)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limits.time_s), math.ceil(limits.time_s) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    address_space = limits.memory_mib * MIB + unused_address_space()
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))


def unused_address_space() -> int:
    """Return the bytes that are mapped but not in memory, such as library code; 0 if the system has no such figure."""
    try:
        mapped, resident = Path("/proc/self/statm").read_text().split()[:2]
    except OSError:
        return 0
    return (int(mapped) - int(resident)) * os.sysconf("SC_PAGE_SIZE")


def main(request: dict[str, Any]) -> None:
    process = ProcessLimits(**request["limits"].pop("process"))
    bound(process)
    limits = Limits(**request["limits"], process=process)
    try:
        facts, content = TASKS[request["task"]](sys.stdin.buffer.read(), limits, **request["options"])
    except Refused as refusal:
        facts, content = {"refusal": type(refusal).__name__, "text": refusal.text, "values": refusal.values}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)
    sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
