/** Starts the map. Without WebGL 2 or without data the page shows the list instead. */

import { gettext } from "../texts.js";
import { fetchPoints } from "./points.js";
import { createView } from "./view.js";

const page = document.getElementById("map");
const stage = document.getElementById("map-stage");
const state = document.getElementById("map-state");
const AGAIN_MS = 60_000; // the least time between two requests for newer data

const withNumbers = (address, ...numbers) => {
  let place = 0;
  return address.replace(/\/0(?=[/.])/g, () => `/${numbers[place++]}`);
};
const addresses = {
  sheets: (overview, number) => withNumbers(page.dataset.sheets, overview, number),
  pictures: (picture) => withNumbers(page.dataset.pictures, picture),
  cards: (work) => withNumbers(page.dataset.cards, work),
};

/** Show the list in place of the map, with the reason. */
function fallBack(reason) {
  page.classList.add("map--list");
  document.getElementById("as-map").removeAttribute("aria-current");
  document.getElementById("as-list").setAttribute("aria-current", "page");
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.textContent = reason;
  stage.replaceWith(note);
}

async function start() {
  let data;
  try {
    data = await fetchPoints(page.dataset.points);
  } catch {
    fallBack(gettext("The map could not be loaded. The same works are listed below."));
    return;
  }
  if (data.count === 0) {
    fallBack(gettext("The map has no works that you can see."));
    return;
  }
  const view = await createView({ page, stage, addresses }, data);
  if (!view) {
    fallBack(
      gettext("This browser cannot draw the map, because it does not support WebGL 2. The same works are listed below."),
    );
    return;
  }
  state.textContent = "";
  state.hidden = true;
  watch(view, data);
}

/** Load newer data when the page becomes visible again after a while, for example after a new map went live. */
function watch(view, data) {
  let current = data;
  let asked = performance.now();
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden || performance.now() - asked < AGAIN_MS) return;
    asked = performance.now();
    const found = await fetchPoints(page.dataset.points).catch(() => null);
    if (!found || !found.count || found.etag === current.etag) return;
    current = found;
    view.replace(found);
  });
}

if (stage) start();
