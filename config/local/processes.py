"""Start programs that end with the process that started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Return a preexec_fn for Popen that makes the kernel send the child this signal when its parent ends.

    Return None on systems other than Linux. The kernel sends the signal when the thread that started the child ends, so
    start children from a thread that stays.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def request_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:  # the parent has already ended
            os._exit(1)

    return request_signal
