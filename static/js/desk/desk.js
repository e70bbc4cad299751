/** The review desk: its keys, the claim on the pair, and what is loaded ahead. htmx replaces #desk by the next pair. */

import { NextDesk } from "./next-desk.js";
import { Pairview } from "./pairview.js";

const RENEW_MS = 120_000; // a claim lasts five minutes
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const WRITES = "input:not([type=range], [type=checkbox]), textarea, select";
const PRESSES = "a, button, summary, input";

const help = document.getElementById("desk-help");
const ahead = new Map(); // images of the next pair, by address
const nextDesk = new NextDesk();
let view = null;
let viewBefore = null; // of the pair whose verdict is being stored, while the next pair is shown
let renewal = 0;
let undoes = false; // U was pressed before the verdict was stored
let claimed = ""; // the address at which the pair that is shown was claimed

const desk = () => document.getElementById("desk");

/** Loads the images of the next pair, and keeps their elements until that pair is shown. */
function lookAhead() {
  const wanted = (desk().dataset.nextPictures ?? "").split(" ").filter(Boolean);
  for (const address of [...ahead.keys()]) if (!wanted.includes(address)) ahead.delete(address);
  for (const address of wanted) {
    if (ahead.has(address)) continue;
    const image = new Image();
    image.src = address;
    ahead.set(address, image);
  }
}

/** Puts the images that were loaded ahead into the desk. The browser need not ask for them again. */
function useAhead() {
  for (const image of desk().querySelectorAll(".pairview__picture")) {
    const loaded = ahead.get(image.getAttribute("src"));
    if (!loaded?.complete || !loaded.naturalWidth) continue;
    for (const name of ["class", "alt", "width", "height", "draggable"]) loaded.setAttribute(name, image.getAttribute(name));
    image.replaceWith(loaded);
    ahead.delete(image.getAttribute("src"));
  }
}

const token = () => document.querySelector("#desk-form [name=csrfmiddlewaretoken]")?.value ?? "";

/** Sends a claim, or gives it back. If that fails, colleagues may be shown the pair too: the first verdict wins. */
function post(address, fields = {}) {
  const body = new URLSearchParams(fields);
  fetch(address, { method: "POST", headers: { "X-CSRFToken": token() }, body, keepalive: true }).catch(() => {});
}

/** Claims the pair that is shown, so that colleagues are shown others, and gives back the one before. */
function claim() {
  const address = desk()?.dataset.claim ?? "";
  if (claimed !== address) release();
  claimed = address;
  if (address) post(address);
}

function release() {
  if (claimed) post(claimed, { release: "1" });
  claimed = "";
}

function showPictures() {
  useAhead();
  view = new Pairview(document.getElementById("pairview"));
}

/** Shows the pictures of the pair, or keeps the viewer that has been showing them since the verdict. */
function renewView() {
  const viewer = document.getElementById("pairview");
  const kept = nextDesk.viewerLike(viewer);
  viewBefore?.close();
  viewBefore = null;
  if (kept) return viewer.replaceWith(kept);
  view?.close();
  showPictures();
}

function showNext() {
  if (!nextDesk.show(desk())) return;
  viewBefore = view;
  showPictures();
  window.scrollTo(0, 0);
}

/** The verdict was not stored: shows its pair again. */
function goBack() {
  if (!nextDesk.putBack()) return;
  view.close();
  view = viewBefore;
  viewBefore = null;
  undoes = false;
}

function start() {
  if (!desk()) return;
  renewView();
  claim();
  clearInterval(renewal);
  renewal = setInterval(claim, RENEW_MS);
  lookAhead();
  nextDesk.load(desk().querySelector("[rel=next]")?.href);
  if (undoes) desk().querySelector('[data-key="u"]')?.click();
  undoes = false;
}

/** Returns true for a verdict, and for the step to the next pair. A note alone and an undo stay with the pair. */
function leadsOn({ elt, requestConfig }) {
  if (elt.id !== "desk-form") return elt.rel === "next";
  return !["", "undecided"].includes(requestConfig.parameters.verdict ?? "");
}

function isIdle(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || help.open || event.target.matches(WRITES));
}

/** Does what a key stands for. Returns false if it stands for nothing here. */
function act(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (ARROWS[key]) return !event.target.matches("input") && view.arrow(ARROWS[key]);
  if (key === "?") return help.showModal() ?? true;
  if (key === "n") return document.getElementById("desk-note").focus() ?? true;
  if (key === "l") return document.querySelector(".desk__trail a").click() ?? true;
  if (key === "," || key === ".") return view.nudge(key === "," ? -1 : 1) ?? true;
  if (key === " ") return !event.target.matches(PRESSES) && view.isStacked && (view.hold(true) ?? true);
  const button = desk().querySelector(`[data-key="${CSS.escape(key === "=" ? "+" : key)}"]`);
  if (nextDesk.isShown && !button?.closest("#pairview")) {
    undoes ||= key === "u";
    return true;
  }
  if (!button || (event.repeat && !button.dataset.zoom)) return Boolean(button);
  return button.click() ?? true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.id === "desk-note") return desk().focus();
  if (!desk() || !isIdle(event)) return;
  if (event.key === " " && event.repeat && view.isStacked) return event.preventDefault();
  if (act(event)) event.preventDefault();
});
document.addEventListener("keyup", (event) => event.key === " " && isIdle(event) && !event.target.matches(PRESSES) && view?.hold(false));
document.addEventListener("click", ({ target }) => target.closest("[data-help]") && help.showModal());

document.addEventListener("htmx:beforeSend", ({ detail }) => leadsOn(detail) && showNext());
document.addEventListener("htmx:afterRequest", goBack); // after success the desk has been replaced, and this does nothing
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "desk") return;
  start();
  window.scrollTo(0, 0);
  desk().focus({ preventScroll: true });
});
document.addEventListener("htmx:historyRestore", start);
window.addEventListener("pagehide", release);
window.addEventListener("pageshow", (event) => event.persisted && claim());

start();
