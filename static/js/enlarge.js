/**
 * Opens a picture in a dialog over the whole page, where it is enlarged by wheel, pinch, double click, keys or buttons.
 * OpenSeadragon loads the tiles of the IIIF image service. It is itself loaded when it is first needed. If a picture has
 * no tiles yet, its link opens the largest derivative, as it does without scripts.
 */

import { describe, load, open } from "./deep-zoom.js";

const ZOOM_STEP = 1.6;
const KEYS = "Arrow keys move the picture, + and − enlarge and reduce it, 0 shows all of it.";

const dialog = document.getElementById("enlarged");
const place = document.getElementById("enlarged-picture");
let viewer = null;

function show(info, label) {
  dialog.showModal();
  viewer = open(place, info);
  viewer.canvas.setAttribute("role", "application");
  viewer.canvas.setAttribute("aria-label", `${label}. ${KEYS}`);
  viewer.canvas.focus();
}

async function enlarge(link) {
  try {
    const [info] = await Promise.all([describe(link.dataset.enlarge), load(link.dataset.library)]);
    if (!dialog.open) show(info, link.querySelector("img").alt);
  } catch {
    location.assign(link.href);
  }
}

const TOOLS = {
  in: () => viewer.viewport.zoomBy(ZOOM_STEP).applyConstraints(),
  out: () => viewer.viewport.zoomBy(1 / ZOOM_STEP).applyConstraints(),
  whole: () => viewer.viewport.goHome(),
  screen: () => (document.fullscreenElement ? document.exitFullscreen() : dialog.requestFullscreen()),
  close: () => dialog.close(),
};

const KEY_TOOLS = { "+": "in", "=": "in", "-": "out", "−": "out", _: "out", 0: "whole" };

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-enlarge]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  enlarge(link);
});

dialog.addEventListener("click", (event) => TOOLS[event.target.closest("[data-tool]")?.dataset.tool]?.());
// OpenSeadragon identifies keys by their position, which differs between keyboard layouts.
dialog.addEventListener("keydown", (event) => {
  const tool = KEY_TOOLS[event.key];
  if (!tool || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  TOOLS[tool]();
}, { capture: true });
dialog.addEventListener("close", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  viewer.destroy();
  viewer = null;
});
dialog.querySelector('[data-tool="screen"]').hidden = !document.fullscreenEnabled;
