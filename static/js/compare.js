/**
 * Enlarges two pictures side by side. While they are linked, a movement of one moves the other by the same amount. An
 * offset that the visitor set while they were not linked is kept. The address stores the view:
 * #linked=1&a=x,y,zoom&b=x,y,zoom, where x and y are shares of the picture's width and height, and zoom is 1 for the whole
 * picture.
 *
 * The viewers replace the pictures when the visitor first moves, scrolls or presses anything, or at once if the address
 * has a view: phones are slow to start them.
 */

import { ZOOM_STEP, describe, load, open } from "./deep-zoom.js";

const NAMES = ["a", "b"];
const FIRST_INPUTS = ["pointermove", "pointerdown", "keydown", "focusin", "wheel", "scroll"];

const page = document.getElementById("compare");
const tools = document.getElementById("compare-tools");
const linked = document.getElementById("linked");
const places = [...page.querySelectorAll("[data-info]")];
let viewers = [];
let before = []; // what each viewer showed before the current movement
let moves = false; // true while one viewer follows the other
let opening = null; // a promise, once the viewers have been started

/** Returns what a viewer shows: centre in shares of the picture, and zoom relative to the whole picture. */
function read(viewer) {
  const { viewport } = viewer;
  const centre = viewport.getCenter();
  const { y: height } = viewer.world.getItemAt(0).getContentSize().divide(viewer.world.getItemAt(0).getContentSize().x);
  return { x: centre.x, y: centre.y / height, zoom: viewport.getZoom() / viewport.getHomeZoom() };
}

function write(viewer, { x, y, zoom }) {
  const { viewport } = viewer;
  const size = viewer.world.getItemAt(0).getContentSize();
  viewport.zoomTo(zoom * viewport.getHomeZoom(), null, true);
  viewport.panTo(new window.OpenSeadragon.Point(x, (y * size.y) / size.x), true);
}

/** Moves the other viewer by the same amount as this one. */
function follow(place) {
  if (moves || viewers.length < 2) return;
  const now = read(viewers[place]);
  const was = before[place];
  before[place] = now;
  if (!linked.checked) return;
  const other = 1 - place;
  const there = before[other];
  moves = true;
  before[other] = { x: there.x + now.x - was.x, y: there.y + now.y - was.y, zoom: (there.zoom * now.zoom) / was.zoom };
  write(viewers[other], before[other]);
  moves = false;
}

function remember() {
  if (!viewers.length) return;
  const states = viewers.map((viewer, place) => {
    const { x, y, zoom } = read(viewer);
    return `${NAMES[place]}=${x.toFixed(4)},${y.toFixed(4)},${zoom.toFixed(3)}`;
  });
  history.replaceState(history.state, "", `#linked=${linked.checked ? 1 : 0}&${states.join("&")}`);
}

/** Shows the view of the address. Invalid values are ignored. */
function restore() {
  const fields = new URLSearchParams(location.hash.slice(1));
  if (fields.has("linked")) linked.checked = fields.get("linked") !== "0";
  moves = true;
  viewers.forEach((viewer, place) => {
    const [x, y, zoom] = (fields.get(NAMES[place]) ?? "").split(",").map(Number);
    if ([x, y, zoom].every(Number.isFinite) && zoom > 0) write(viewer, { x, y, zoom: Math.min(zoom, 1000) });
    before[place] = read(viewer);
  });
  moves = false;
}

function opened(viewer) {
  return new Promise((resolve, reject) => {
    viewer.addOnceHandler("open", resolve);
    viewer.addOnceHandler("open-failed", reject);
  });
}

async function begin() {
  const [infos] = await Promise.all([Promise.all(places.map((place) => describe(place.dataset.info))), load(page.dataset.library)]);
  const started = places.map((place, number) => {
    const isFocused = place.contains(document.activeElement);
    place.replaceChildren();
    const viewer = open(place, infos[number], place.dataset.label);
    if (isFocused) viewer.canvas.focus();
    return viewer;
  });
  await Promise.all(started.map(opened));
  viewers = started;
  restore();
  viewers.forEach((viewer, place) => {
    viewer.addHandler("viewport-change", () => follow(place));
    viewer.addHandler("animation-finish", remember);
  });
  page.dataset.open = "";
}

/** Opens the viewers the first time. Returns a promise, which is fulfilled also if they cannot be opened. */
function start() {
  for (const kind of FIRST_INPUTS) removeEventListener(kind, start);
  opening ??= begin().catch(() => {
    tools.hidden = true;
    document.getElementById("compare-note").hidden = false; // the pictures are shown as they are without scripts
  });
  return opening;
}

/** Enlarges or reduces both. While they are linked, the second follows the first. */
function zoom(factor) {
  for (const viewer of linked.checked ? viewers.slice(0, 1) : viewers) viewer.viewport.zoomBy(factor).applyConstraints();
}

function showWhole() {
  moves = true;
  for (const viewer of viewers) viewer.viewport.goHome(true);
  before = viewers.map(read);
  moves = false;
  remember();
}

const TOOLS = { in: () => zoom(ZOOM_STEP), out: () => zoom(1 / ZOOM_STEP), whole: showWhole };

tools.addEventListener("click", async ({ target }) => {
  const tool = target.closest("[data-tool]")?.dataset.tool;
  if (!tool) return;
  await start();
  if (viewers.length) TOOLS[tool]();
});
linked.addEventListener("change", remember);

if (places.length < 2) tools.hidden = true;
else if (location.hash) start();
else {
  for (const kind of FIRST_INPUTS) addEventListener(kind, start, { passive: true });
  for (const place of places) place.addEventListener("click", (event) => tools.hidden || event.preventDefault());
}
