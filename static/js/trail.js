/**
 * Stores the ids of the works that this tab has shown. Shows these works as a strip, and sends the ids with requests for
 * similar works, so that the list leaves them out.
 */

import { read, write } from "./stored-list.js";

const KEY = "kindred:trail";
const LENGTH = 30;
const session = () => sessionStorage;

const work = document.querySelector(".work").dataset.work;
const trail = [...read(session, KEY).filter((id) => id !== work), work].slice(-LENGTH);
write(session, KEY, trail);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.target?.id === "similar" && !detail.path.includes("seen=")) detail.parameters.seen = trail.join(",");
});

const strip = document.getElementById("trail");
if (trail.length > 1) {
  strip.hidden = false;
  window.addEventListener("DOMContentLoaded", () => {
    htmx.ajax("GET", `${strip.dataset.address}?works=${trail.join(",")}`, { target: strip, swap: "innerHTML" });
  });
}
