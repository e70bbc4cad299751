/**
 * Stores the ids of the works that this tab has shown. Shows these works as a strip, and sends the ids with requests for
 * similar works, so that the list leaves them out.
 */

import { TRAIL, read, write } from "./stored-list.js";

const work = document.querySelector(".work").dataset.work;
const trail = [...read(TRAIL).filter((id) => id !== work), work].slice(-TRAIL.most);
write(TRAIL, trail);

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
