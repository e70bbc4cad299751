/** Shows how many works are chosen, and offers them as a list, as an address and as favourites. */

import { FAVOURITES, read, write } from "../stored-list.js";
import { gettext, interpolate, language, ngettext } from "../texts.js";

/** `most`: ids of works that an address can have. */
export function createChosen(panel, most, clear) {
  const [count, limit] = [panel.querySelector(".map__count"), panel.querySelector(".map__limit")];
  const button = (name) => panel.querySelector(`[data-set=${name}]`);
  let works = [];
  const inAddress = () => works.slice(0, most);
  const query = () => `works=${inAddress().join(",")}`;

  button("clear").addEventListener("click", clear);
  button("share").addEventListener("click", async ({ target }) => {
    const address = new URL(`?${query()}`, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      target.textContent = gettext("Copied");
    } catch {
      location.assign(address); // the browser's own address bar has it then
    }
  });
  button("keep").addEventListener("click", ({ target }) => {
    const kept = read(FAVOURITES);
    const ids = [...new Set([...kept, ...works.map(String)])].slice(-FAVOURITES.most);
    const isStored = write(FAVOURITES, ids);
    target.textContent = isStored ? gettext("Added to favourites") : gettext("This browser cannot store favourites");
    if (isStored) window.dispatchEvent(new StorageEvent("storage"));
  });

  function limitText() {
    const text = gettext("The list and the address have only the first %(count)s.");
    return interpolate(text, { count: most.toLocaleString(language) });
  }

  /** Show the panel for these ids of works, or hide it. */
  function show(chosen) {
    works = chosen;
    panel.hidden = works.length === 0;
    const text = ngettext("%(count)s work chosen", "%(count)s works chosen", works.length);
    count.textContent = interpolate(text, { count: works.length.toLocaleString(language) });
    limit.textContent = works.length > most ? limitText() : "";
    button("list").href = `?as=list&${query()}`;
    button("share").textContent = gettext("Copy the address");
    button("keep").textContent = gettext("Add to favourites");
  }

  return { show, inAddress, all: () => works };
}
