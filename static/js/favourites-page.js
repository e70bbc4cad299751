/** Shows the button that prints the sheet of favourites. Opens the favourites of this browser if the address has none. */

import { FAVOURITES, read } from "./stored-list.js";

const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const none = document.getElementById("no-favourites");
if (none) {
  const ids = new URLSearchParams(location.search).has("works") ? [] : read(FAVOURITES);
  if (ids.length) location.replace(`?works=${ids.join(",")}`);
  else none.classList.add("is-read");
}
