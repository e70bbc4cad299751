"""CPU seconds of a call. They do not depend on what else runs on the machine."""

import time
from collections.abc import Callable


def of(work: Callable[..., object], *arguments: object) -> float:
    """Return the CPU seconds that this process spends, in all its threads, while it makes one call."""
    started = time.process_time()
    work(*arguments)
    return time.process_time() - started
