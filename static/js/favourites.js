/** Stores a visitor's favourites in the browser. Updates the button on the page of a work and the link in the header. */

import { read, write } from "./stored-list.js";
import { gettext } from "./texts.js";

const KEY = "kindred:favourites";
const LENGTH = 60; // as many as the page of favourites shows
const local = () => localStorage;

function show(ids) {
  const link = document.getElementById("favourites");
  link.hidden = ids.length === 0;
  link.href = `${link.dataset.address}?works=${ids.join(",")}`;
  link.querySelector("span").textContent = ids.length;
  const button = document.getElementById("favourite");
  if (!button) return;
  const isKept = ids.includes(button.dataset.work);
  button.hidden = false;
  button.textContent = isKept ? gettext("Remove from favourites") : gettext("Keep as favourite");
}

document.getElementById("favourite")?.addEventListener("click", ({ target }) => {
  const id = target.dataset.work;
  const ids = read(local, KEY);
  const others = ids.filter((one) => one !== id);
  const wanted = ids.includes(id) ? others : [...others, id].slice(-LENGTH);
  if (write(local, KEY, wanted)) show(wanted);
  else target.textContent = gettext("This browser cannot store favourites");
});

window.addEventListener("storage", () => show(read(local, KEY)));
show(read(local, KEY));
