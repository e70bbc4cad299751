"""Measure how long the map's scripts take for a frame, and how many draw calls it needs.

Usage: python -m bench.overviews.map_frames http://localhost:8000 100000. The site must have a map. Its data is replaced
by that many random works, and its sheets by one picture. The browser renders in software, so only the
time of our scripts is measured, not that of a graphics processor.
"""

import io
import json
import os
import shutil
import sys
import time
from collections.abc import Callable

import django
import numpy as np
from PIL import Image
from playwright.sync_api import Page, Route, sync_playwright

from similarity.groups.graphs import grid

FRAMES = 20
TILES = 4_096  # a sheet
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

COUNT_CALLS = """
window.calls = 0;
window.scriptMs = [];
for (const name of ["drawArraysInstanced", "drawElementsInstanced"]) {
  const draw = WebGL2RenderingContext.prototype[name];
  WebGL2RenderingContext.prototype[name] = function (...all) { window.calls++; return draw.apply(this, all); };
}
const later = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => later((now) => {
  const began = performance.now();
  window.calls = 0;
  callback(now);
  window.scriptMs.push(performance.now() - began);
});
"""


def synthetic(count: int) -> bytes:
    """Return the data of `count` random works, in the format of `points.pack`."""
    from similarity.groups.maps.points import COLUMNS

    rng = np.random.default_rng(0)
    islands = rng.uniform(0.1, 0.9, (40, 2))[rng.integers(0, 40, count)]
    places = np.clip(islands + rng.normal(scale=0.04, size=(count, 2)), 0, 1)
    places = places[grid.curve(places.astype(np.float32))]
    rows = np.zeros(count, COLUMNS)
    rows["works"] = rng.permutation(count) + 1
    rows["pictures"] = rows["works"]
    rows["x"], rows["y"] = (places * 65_535).round().T
    rows["slots"] = np.arange(count) % TILES
    rows["tones"] = rng.integers(0, 256, (count, 4))
    sheets = [
        {"number": number, "tile_px": 32, "start": start, "end": min(start + TILES, count)}
        for number, start in enumerate(range(0, count, TILES))
    ]
    header = {"overview": 1, "count": count, "cells": grid.cells_across(count), "side_px": 2048, "sheets": sheets}
    text = json.dumps({**header, "groups": []}).encode()
    text += b" " * (-(len(text) + 4) % 8)
    names = COLUMNS.names or ()
    return b"".join([len(text).to_bytes(4, "little"), text, *(rows[name].tobytes() for name in names)])


def noise() -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (2048, 2048, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "JPEG", quality=60)
    return file.getvalue()


def measure(page: Page, label: str, key: str) -> None:
    """Press a key for each frame. Print percentiles of the scripts' time, and the draw calls of the last frame."""
    page.evaluate("window.scriptMs = []")
    for frame in range(FRAMES):
        page.keyboard.press(key)
        while page.evaluate("window.scriptMs.length") <= frame:
            page.wait_for_timeout(20)
    times = page.evaluate("window.scriptMs.filter((ms) => ms > 0)")
    middle, late = np.percentile(times, [50, 95]) if times else (0.0, 0.0)
    calls = page.evaluate("window.calls")
    print(f"{label}: {len(times)} frames, scripts {middle:.2f} ms median, {late:.2f} ms p95; {calls} draw calls")


def main(site: str, count: int) -> None:
    data, sheet = synthetic(count), noise()

    def answer(body: bytes, kind: str) -> Callable[[Route], None]:
        return lambda route: Route.fulfill(route, body=body, content_type=kind)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.add_init_script(COUNT_CALLS)
        page.route("**/map/data", answer(data, "application/octet-stream"))
        page.route("**/map/sheets/**", answer(sheet, "image/jpeg"))
        page.route("**/pictures/**", lambda route: route.abort())
        page.goto(f"{site}/map/")
        began = time.monotonic()
        page.wait_for_selector("#map-state", state="hidden", timeout=120_000)
        print(f"{count} works, {len(data) / 1e6:.1f} MB; ready after {time.monotonic() - began:.1f} s")
        page.focus("#map-canvas")
        measure(page, "the whole map, moved", "ArrowLeft")
        for _ in range(6):
            page.keyboard.press("+")
        page.wait_for_timeout(3_000)
        measure(page, "sheets in view, moved", "ArrowRight")
        for _ in range(4):
            page.keyboard.press("+")
        page.wait_for_timeout(2_000)
        measure(page, "single works in view, moved", "ArrowLeft")
        browser.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(sys.argv[1].rstrip("/"), int(sys.argv[2]))
