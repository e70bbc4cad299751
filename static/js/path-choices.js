/** Offers the works that this browser has stored, those just seen and the favourites, as ends of a path. */

import { FAVOURITES, TRAIL, read } from "./stored-list.js";

const LISTS = { trail: TRAIL, favourites: FAVOURITES };
const place = document.getElementById("path-stored");

async function fill(section) {
  const ids = read(LISTS[section.dataset.stored]).reverse();
  if (!ids.length) return;
  const query = new URLSearchParams({ works: ids.join(","), from: place.dataset.from });
  const answer = await fetch(`${place.dataset.address}?${query}`);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("li")) return;
  section.querySelector("div").replaceChildren(...page.body.children);
  section.hidden = false;
}

for (const section of place.querySelectorAll("[data-stored]")) fill(section).catch(() => {}); // the search still works
