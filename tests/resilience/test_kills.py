"""Processes of every kind are killed while curators upload. Then every row, vector, file and pair is there, once."""

import hashlib
import io
import itertools
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from PIL import Image

from collection.jobs import job_queue
from tests import factories
from tests.resilience import long_form
from tests.resilience.local_site import Curator, LocalSite

SEED = 11
MOST_A_MINUTE = 3  # kills of one kind; the supervisor gives up on a program that dies five times within a minute
UPLOADS, KILLS = (200, 60) if long_form.IS_LONG else (48, 18)
CURATORS = 2
COPIES_EVERY = 8  # uploads; each such file is a copy of the one before
VICTIMS = ("web", "work", "embed", "beat", "redis", "postgres")
PATIENCE_S = 900 if long_form.IS_LONG else 240
HELD = "already"
SIDES = 3  # sizes of derivatives, each as WebP and JPEG


@pytest.fixture
def site(home: Path) -> Iterator[LocalSite]:
    """A site in a folder that PostgreSQL's account can reach: another run of pytest may close its own folders."""
    folder = home / "kills"
    pictures = folder / "prints"
    pictures.mkdir(parents=True)
    (pictures / "first.jpg").write_bytes(factories.painted(1))
    found = LocalSite(folder, pictures, free_port())
    try:
        found.start()
        yield found
    finally:
        found.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def files() -> list[bytes]:
    """Return different small JPEGs, some of them copies of the one before in another quality."""
    found: list[bytes] = []
    for number in range(UPLOADS):
        if number % COPIES_EVERY == COPIES_EVERY - 1:
            found.append(saved_again(found[-1]))
        else:
            found.append(factories.painted(1000 + number))
    return found


def saved_again(data: bytes) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.save(file, "JPEG", quality=70)
    return file.getvalue()


def plan(dice: random.Random) -> list[tuple[int, str]]:
    """Return after how many uploads to kill whom: each kind as often, none five times in a row."""
    rounds = [dice.sample(VICTIMS, len(VICTIMS)) for _ in range(KILLS // len(VICTIMS))]
    moments = sorted(dice.randrange(1, UPLOADS - 2) for _ in range(KILLS))
    return list(zip(moments, itertools.chain(*rounds), strict=True))


def test_nothing_is_lost_or_done_twice_whoever_is_killed(site: LocalSite) -> None:
    sent = files()
    dice = random.Random(SEED)
    answers, killed = upload_and_kill(site, sent, dice)
    site.wait_until(lambda: is_all_done(site), "the end of all work")
    try_given_up_again(site)

    assert len(killed) == KILLS
    assert {kind for kind, _ in killed} == set(VICTIMS)
    assert [answer for answer in answers if answer["refusal"] and HELD not in answer["refusal"]] == []
    check_rows(site, {digest(data) for data in [*sent, factories.painted(1)]})
    check_files(site)
    check_pairs(site, sent)


def upload_and_kill(
    site: LocalSite, sent: list[bytes], dice: random.Random
) -> tuple[list[dict[str, str]], list[tuple[str, str]]]:
    """Upload the files, and kill processes as planned meanwhile. Return the answers, and who was killed."""
    until = time.monotonic() + PATIENCE_S
    count, changed = itertools.count(1), threading.Condition()
    done = 0

    def upload(curator: Curator, number: int) -> dict[str, str]:
        nonlocal done
        answer = curator.upload(f"{number}.jpg", sent[number], lambda: site.has_ended or time.monotonic() > until)
        with changed:
            done = next(count)
            changed.notify_all()
        return answer

    def is_reached(moment: int) -> bool:
        return done >= moment or any(future.done() and future.exception() for future in futures)

    with ThreadPoolExecutor(CURATORS) as pool:
        curators = threading.local()
        futures: list[Future[dict[str, str]]] = [
            pool.submit(lambda number=number: upload(own(curators, site), number)) for number in range(UPLOADS)
        ]
        killed: list[tuple[str, str]] = []
        killed_at: dict[str, list[float]] = defaultdict(list)
        for moment, kind in plan(dice):
            with changed:
                changed.wait_for(lambda moment=moment: is_reached(moment), PATIENCE_S)
            site.wait_until(lambda kind=kind: bool(site.processes(kind)), f"a process of {kind} to kill")
            site.wait_until(lambda kind=kind: recent(killed_at[kind]) < MOST_A_MINUTE, f"a pause for {kind}")
            killed.append((kind, site.kill(kind, dice)))
            killed_at[kind].append(time.monotonic())
        return [future.result() for future in futures], killed


def recent(moments: list[float]) -> int:
    """Return how many of these moments were in the last minute."""
    return sum(time.monotonic() - moment < 60 for moment in moments)


def own(curators: threading.local, site: LocalSite) -> Curator:
    """Return the curator of this thread."""
    if not hasattr(curators, "curator"):
        curators.curator = Curator(site)
    found: Curator = curators.curator
    return found


def is_all_done(site: LocalSite) -> bool:
    """Return True once every picture has all its jobs and each is done or failed."""
    try:
        ((waiting,),) = site.rows("SELECT count(*) FROM collection_job WHERE state IN ('pending', 'claimed')")
        ((unflagged,),) = site.rows(
            "SELECT count(*) FROM collection_artworkimage i WHERE NOT EXISTS"
            " (SELECT 1 FROM collection_job j WHERE j.image_id = i.id AND j.key = 'flag')"
        )
    except psycopg.OperationalError:
        return False
    return waiting == 0 and unflagged == 0


def try_given_up_again(site: LocalSite) -> None:
    """Try again, as a curator would, what was given up because its workers were killed each time."""
    failed = site.rows(
        "SELECT DISTINCT f.upload_id, j.reason FROM collection_job j"
        " JOIN collection_uploadedfile f ON f.image_id = j.image_id WHERE j.state = 'failed'"
    )
    assert {reason for _, reason in failed} <= {job_queue.GAVE_UP}
    curator = Curator(site)
    for upload_id, _ in failed:
        curator.try_again(upload_id)
    site.wait_until(lambda: is_all_done(site), "the end of what was tried again")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def check_rows(site: LocalSite, digests: set[str]) -> None:
    """Every file is one picture of one work, with each job done, a fingerprint, and a vector in each live space."""
    images = site.rows("SELECT sha256, artwork_id, is_ready FROM collection_artworkimage")
    assert sorted(str(sha256) for sha256, _, _ in images) == sorted(digests)
    assert len({work for _, work, _ in images}) == len(digests)
    assert site.rows("SELECT count(*) FROM collection_artwork") == [(len(digests),)]
    assert site.rows("SELECT image_id, key, state, attempts, reason FROM collection_job WHERE state <> 'done'") == []
    assert all(is_ready for _, _, is_ready in images)
    assert site.rows("SELECT count(*) FROM similarity_fingerprint") == [(len(digests),)]
    spaces = site.rows(
        "SELECT s.lens, count(e.id) FROM similarity_space s LEFT JOIN similarity_embedding e ON e.space_id = s.id"
        " WHERE s.state = 'live' GROUP BY s.id, s.lens"
    )
    assert len(spaces) > 1
    assert {count for _, count in spaces} == {len(digests)}


def check_files(site: LocalSite) -> None:
    """Each original has the content that it is named by, and each of its derivatives can be decoded."""
    media = site.home / "media"
    originals = [path for path in (media / "originals").rglob("*.jpg") if path.is_file()]
    assert [path.name for path in originals if digest(path.read_bytes()) != path.stem] == []
    count = 0
    for path in (path for path in media.rglob("*") if path.suffix in {".webp", ".jpg"} and path not in originals):
        with Image.open(path) as picture:
            picture.load()
        count += 1
    assert count == len(originals) * SIDES * 2


def check_pairs(site: LocalSite, sent: list[bytes]) -> None:
    """Each copy is paired with its original, once."""
    pairs = site.rows(
        "SELECT a.sha256, b.sha256 FROM similarity_duplicatepair p JOIN collection_artworkimage a ON a.id = p.low_id"
        " JOIN collection_artworkimage b ON b.id = p.high_id"
    )
    found = [frozenset(pair) for pair in pairs]
    copies = range(COPIES_EVERY - 1, UPLOADS, COPIES_EVERY)
    assert {frozenset({digest(sent[number - 1]), digest(sent[number])}) for number in copies} <= set(found)
    assert len(found) == len(set(found))
