/** Stores a visitor's favourites in the browser. Updates the button on the page of a work and the link in the header. */

import { FAVOURITES, read, write } from "./stored-list.js";
import { gettext } from "./texts.js";

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
  const ids = read(FAVOURITES);
  const others = ids.filter((one) => one !== id);
  const wanted = ids.includes(id) ? others : [...others, id].slice(-FAVOURITES.most);
  if (write(FAVOURITES, wanted)) show(wanted);
  else target.textContent = gettext("This browser cannot store favourites");
});

window.addEventListener("storage", () => show(read(FAVOURITES)));
show(read(FAVOURITES));
