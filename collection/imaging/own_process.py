"""Decode a large picture in a separate process, one at a time on a machine, with limits on its memory and time.

The process runs `python -m collection.imaging`. It reads the file from its standard input, and writes one line of JSON
and then bytes. It may decode hostile files, so it gets no environment with secrets, and its output is never run as
code. The process inherits the descriptor of the lock file, which stays locked while the caller or the process runs.
"""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from collection.imaging.limits import MEGAPIXEL, Limits, ProcessLimits
from collection.imaging.refusals import Busy, Damaged, Refused, TooCostly, gettext_noop

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
# The last variable prevents libvips from writing large pictures to files.
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "VIPS_DISC_THRESHOLD": "8g",
}
GRACE_S = 10  # the process ends itself at its limit; the caller kills it after this additional time
TICK_S = 0.05
OUT_OF_TIME = {-signal.SIGALRM, -signal.SIGXCPU}
LOGGED_CHARS = 500

BUSY = gettext_noop("Other large pictures are being read at this moment; please send this one again in a minute.")
TOO_SLOW = gettext_noop(
    "This picture takes more than %(seconds)s seconds to decode; please save it again with fewer pixels or as JPEG."
)
TOO_LARGE = gettext_noop(
    "This picture needs more memory to be decoded than is allowed; please save it again with fewer pixels."
)
CRASHED = gettext_noop(
    "The program that decodes pictures crashed on this file, which may be damaged; please save it again."
)

_lock_file = Path(tempfile.gettempdir(), f"kindred-{os.getuid()}", "decoder.lock")


def use_lock(path: Path) -> None:
    """Set the file that is locked while a large picture is decoded. All processes of a site must share it."""
    global _lock_file  # noqa: PLW0603 - a setting, written once at the start
    _lock_file = path


def is_needed(size: tuple[int, int], limits: ProcessLimits) -> bool:
    """Return True if a picture of this (width, height) in pixels is large."""
    width_px, height_px = size
    return width_px * height_px > limits.from_mp * MEGAPIXEL


def run(task: str, data: bytes, limits: Limits, **options: Any) -> tuple[dict[str, Any], bytes]:
    """Run a task of `__main__` on a file. Return its facts and its bytes. Raise Refused, or OSError of the lock file.

    Raise Busy if other pictures take too long, TooCostly above a limit, Damaged if the decoder crashes.
    """
    request = json.dumps({"task": task, "limits": asdict(limits), "options": options})
    command = [sys.executable, "-m", "collection.imaging", request]
    patience_s = limits.process.time_s + GRACE_S
    with turn(limits.process.wait_s) as lock:
        try:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=patience_s, cwd=ROOT, env=ENVIRONMENT,
                pass_fds=[lock], check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            logger.warning("The process that decodes a large picture did not end after %s s", patience_s)
            raise TooCostly(TOO_SLOW, seconds=f"{limits.process.time_s:g}") from None
    if done.returncode != 0:
        raise failure(done, limits.process)
    return answer_of(done.stdout)


@contextmanager
def turn(wait_s: float) -> Iterator[int]:
    """Lock the file, and yield its descriptor. Raise Busy after `wait_s` seconds, or OSError."""
    _lock_file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        end = time.monotonic() + wait_s
        while not is_locked(descriptor):
            if time.monotonic() >= end:
                raise Busy(BUSY)
            time.sleep(TICK_S)
        yield descriptor
    finally:
        os.close(descriptor)


def is_locked(descriptor: int) -> bool:
    """Try to lock the file. Return True if it was free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def answer_of(output: bytes) -> tuple[dict[str, Any], bytes]:
    """Split the output into its facts and its bytes. Raise the Refused that it names."""
    line, _, content = output.partition(b"\n")
    facts = json.loads(line)
    if name := facts.get("refusal"):
        kinds = {kind.__name__: kind for kind in Refused.__subclasses__()}
        raise kinds.get(name, Damaged)(facts["text"], **facts["values"])
    return facts, content


def failure(done: subprocess.CompletedProcess[bytes], limits: ProcessLimits) -> Refused:
    """Log how the process ended, and return the refusal for the sender."""
    said = done.stderr.decode("utf-8", "replace")[-LOGGED_CHARS:]
    logger.warning("The process that decodes a large picture ended with %s: %s", done.returncode, said)
    if done.returncode in OUT_OF_TIME:
        return TooCostly(TOO_SLOW, seconds=f"{limits.time_s:g}")
    if done.returncode == -signal.SIGKILL:  # the kernel kills it if memory runs out
        return TooCostly(TOO_LARGE)
    return Damaged(CRASHED)
