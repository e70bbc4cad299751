"""Large pictures are decoded in a process of its own: with the same results, within limits, one at a time."""

import fcntl
import multiprocessing
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from collection import imaging
from collection.imaging import own_process
from tests import pictures

APART = imaging.ProcessLimits(from_mp=0)
LARGE = imaging.Limits(process=APART)


@pytest.fixture(autouse=True)
def lock(tmp_path: Path) -> Iterator[Path]:
    before = own_process._lock_file
    imaging.use_lock(tmp_path / "decoder.lock")
    yield tmp_path / "decoder.lock"
    imaging.use_lock(before)


def picture(kind: str = "JPEG") -> bytes:
    return pictures.photograph(6, pictures.painted(300, 200), kind)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_large_picture_is_checked_and_reduced_like_a_small_one(kind: str) -> None:
    data = picture(kind)

    assert imaging.check(data, LARGE) == imaging.check(data)
    assert imaging.reduce(data, 60, LARGE).tobytes() == imaging.reduce(data, 60).tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("size", [(300, 200), (60, 40)])
def test_a_large_picture_is_tiled_like_a_small_one(kind: str, size: tuple[int, int]) -> None:
    data = picture(kind)

    assert imaging.tile(data, size, LARGE) == imaging.tile(data, size)


def test_a_large_picture_that_takes_too_long_or_is_no_picture_gets_no_tiles() -> None:
    slow = imaging.Limits(process=imaging.ProcessLimits(from_mp=0, time_s=0.01))

    with pytest.raises(imaging.TooCostly, match=r"more than 0\.01 seconds"):
        imaging.tile(picture(), (300, 200), slow)
    with pytest.raises(imaging.Refused):
        imaging.tile(b"GIF89a and nothing else", (300, 200), LARGE)


def test_a_detail_of_a_large_picture_is_shrunk_like_that_of_a_small_one() -> None:
    crop = imaging.Crop(0.25, 0.25, 0.5, 0.5)

    assert imaging.shrink(picture(), 60, LARGE, crop) == imaging.shrink(picture(), 60, crop=crop)


def test_a_refusal_is_the_same_sentence_from_either_process() -> None:
    data = picture()[:-100] + b"\xff\xd9"
    with pytest.raises(imaging.Damaged) as near:
        imaging.check(data)

    with pytest.raises(imaging.Damaged) as apart:
        imaging.check(data, LARGE)

    assert str(apart.value) == str(near.value)


def test_a_picture_past_the_limit_of_memory_is_refused() -> None:
    limits = imaging.Limits(process=imaging.ProcessLimits(from_mp=0, memory_mib=90))

    with pytest.raises(imaging.TooCostly, match=r"more memory .* than is allowed; please save it again"):
        imaging.check(pictures.packed(Image.new("RGB", (6_000, 5_000)), compress_level=1), limits)


def test_a_picture_past_the_limit_of_time_is_refused_and_the_next_one_is_read(lock: Path) -> None:
    hasty = imaging.Limits(process=imaging.ProcessLimits(from_mp=0, time_s=0.001))

    with pytest.raises(imaging.TooCostly, match=r"more than 0\.001 seconds to decode; please save it again"):
        imaging.check(picture(), hasty)

    assert imaging.check(picture(), LARGE)
    assert list(lock.parent.iterdir()) == [lock]


def test_a_picture_waits_while_another_is_decoded_and_is_then_refused(lock: Path) -> None:
    with lock.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(imaging.Busy, match="please send this one again in a minute"):
            imaging.check(picture(), imaging.Limits(process=imaging.ProcessLimits(from_mp=0, wait_s=0)))

    assert imaging.check(picture(), LARGE)


@pytest.mark.parametrize(
    ("code", "refusal", "said"),
    [
        (-signal.SIGSEGV, imaging.Damaged, "crashed on this file"),
        (1, imaging.Damaged, "crashed on this file"),
        (-signal.SIGKILL, imaging.TooCostly, "more memory"),
        (-signal.SIGXCPU, imaging.TooCostly, "more than 90 seconds"),
    ],
)
def test_each_way_to_end_has_its_sentence_and_a_line_in_the_log(
    code: int, refusal: type[imaging.Refused], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    ended = subprocess.CompletedProcess([], code, b"", b"the last words")

    answer = own_process.failure(ended, imaging.ProcessLimits())

    assert isinstance(answer, refusal)
    assert said in str(answer)
    assert f"ended with {int(code)}: the last words" in caplog.text


def test_a_daemonic_process_may_decode_a_large_picture() -> None:
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    worker = context.Process(target=lambda: answers.put(imaging.check(picture(), LARGE)), daemon=True)

    worker.start()
    worker.join()

    assert not answers.empty()
    assert answers.get() == imaging.check(picture())


def test_the_process_that_decodes_knows_no_secrets() -> None:
    assert all(word not in name for name in own_process.ENVIRONMENT for word in ("KINDRED", "URL", "KEY", "PASSWORD"))
