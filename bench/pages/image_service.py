"""Measure tiles of the IIIF image service over HTTP: one by one, by eight clients at once, and from the store.

The server has two processes of four threads, as in docker/. It and the clients share the cores of the machine.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from bench import timing, web_memory
from bench.gallery import Gallery
from bench.result_rows import Row
from collection import ingest
from collection.files import pyramids
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, Job, JobState
from config import env

PICTURES = 6
SIZE = (4096, 3072)
TILE_PX = 512
CLIENTS = 8
WARM_UP = 16
P50_LIMIT_MS = 25
RATE_GOAL = 100  # tiles a second on two cores


def run(gallery: Gallery) -> list[Row]:
    pks, made_s = pictures(gallery, 1 if gallery.is_quick else PICTURES)
    addresses = [address for pk in pks for address in tiles(pk)]
    np.random.default_rng(7).shuffle(addresses)
    half = len(addresses) // 2
    with serving(tiles_mib=0) as port:
        get = partial(web_memory.visit, port)
        for address in addresses[:WARM_UP]:
            get(address)
        alone_s = [timing.seconds(get, address) for address in addresses[:half]]
        together_s = timing.seconds(all_at_once, get, addresses)
    with serving(tiles_mib=4096) as port:
        get = partial(web_memory.visit, port)
        all_at_once(get, addresses)  # stores them
        kept_s = [timing.seconds(get, address) for address in addresses[:half]]
    p50, p95 = timing.p50_p95_ms(alone_s)
    kept, kept_95 = timing.p50_p95_ms(kept_s)
    rate = len(addresses) / together_s
    made = f"{np.mean(made_s):.2f} s for {SIZE[0]} × {SIZE[1]} px"
    return [
        Row(
            "iiif", "tile of 512 px, rendered", f"p50 {p50:.1f} ms, p95 {p95:.1f} ms", f"p50 <= {P50_LIMIT_MS} ms",
            p50 <= P50_LIMIT_MS, {"p50_ms": p50, "p95_ms": p95},
        ),
        Row(
            "iiif", f"tiles rendered for {CLIENTS} clients", f"{rate:.0f} tiles/s", f">= {RATE_GOAL} tiles/s",
            rate >= RATE_GOAL, {"tiles_per_s": rate},
        ),
        Row(
            "iiif", "tile of 512 px from the store", f"p50 {kept:.1f} ms, p95 {kept_95:.1f} ms", "", None,
            {"p50_ms": kept, "p95_ms": kept_95},
        ),
        Row("iiif", "tiled copy made", made, "", None, {"made_s": float(np.mean(made_s))}),
    ]  # fmt: skip


def pictures(gallery: Gallery, count: int) -> tuple[list[int], list[float]]:
    """Add large published pictures with tiled copies. Return their ids, and the seconds that each copy took."""
    pks, taken_s = [], []
    for number, file in enumerate(gallery.files[:count]):
        work = Artwork.objects.create(
            collection=gallery.collection, accession_number=f"large {number}", is_published=True
        )
        checked = ingest.accept(ingest.NewPicture(enlarged(file.read_bytes(), number), "large.jpg"))
        (image,) = ingest.add_all([ingest.Arrival(work, checked)])
        if not isinstance(image, ArtworkImage):
            raise image
        Job.objects.filter(image=image, key=job_queue.DERIVATIVES).update(state=JobState.DONE)
        taken_s.append(timing.seconds(pyramids.make, image))
        pks.append(image.pk)
    return pks, taken_s


def enlarged(data: bytes, seed: int) -> bytes:
    """Return a JPEG of SIZE with fine noise, as in a photograph of this size."""
    pixels = np.asarray(Image.open(BytesIO(data)).convert("RGB").resize(SIZE), dtype=np.int16)
    noise = np.random.default_rng(seed).normal(0, 6, pixels.shape)
    file = BytesIO()
    Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=92)
    return file.getvalue()


def tiles(pk: int) -> Iterator[str]:
    """Yield the addresses of all tiles at the scale factors 1, 2 and 4."""
    for factor in (1, 2, 4):
        side = TILE_PX * factor
        for top in range(0, SIZE[1], side):
            for left in range(0, SIZE[0], side):
                wide, high = min(side, SIZE[0] - left), min(side, SIZE[1] - top)
                yield f"/iiif/3/{pk}/{left},{top},{wide},{high}/{wide // factor},{high // factor}/0/default.jpg"


def all_at_once(get: partial[None], addresses: Sequence[str]) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(get, addresses))


@contextmanager
def serving(*, tiles_mib: int) -> Iterator[int]:
    """Run the site by gunicorn, as in docker/. Yield its port."""
    port = web_memory.free_port()
    words = ["gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4", "--log-level=warning"]
    variables = env.inherited(KINDRED_TILES_MIB=str(tiles_mib))
    log = subprocess.DEVNULL  # one line for each request
    server = subprocess.Popen([sys.executable, "-m", *words], env=variables, stdout=log, stderr=log)
    try:
        web_memory.wait_for(port)
        time.sleep(1)  # until the second process has started too
        yield port
    finally:
        server.terminate()
        server.wait()
