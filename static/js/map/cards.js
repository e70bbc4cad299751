/** Shows a work that is hovered over, and the selected work. The server writes the cards. */

import { gettext } from "../texts.js";

const WAIT_MS = 120;
const KEPT = 200; // cards

export function createCards(hover, card, addressOf, select) {
  const kept = new Map();
  let hovered = null;
  let timer = 0;

  async function fetchCard(work) {
    if (!kept.has(work)) {
      const response = await fetch(addressOf(work));
      if (!response.ok) return "";
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
      kept.set(work, await response.text());
    }
    return kept.get(work);
  }

  card.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close]")) select(null);
  });

  return {
    /** Show a small card beside the pointer. `work`: null for none. */
    point(work, x, y) {
      hover.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      hover.classList.toggle("map__card--left", x > hover.parentElement.clientWidth - 260);
      hover.classList.toggle("map__card--above", y > hover.parentElement.clientHeight / 2);
      if (work === hovered) return;
      hovered = work;
      clearTimeout(timer);
      hover.hidden = true;
      if (work === null) return;
      timer = setTimeout(async () => {
        const html = await fetchCard(work).catch(() => "");
        if (hovered !== work || !html) return;
        hover.innerHTML = html;
        hover.hidden = false;
      }, WAIT_MS);
    },
    /** Show the card of the selected work, or hide it. Return false if the work is no longer there. */
    async show(work) {
      card.hidden = work === null;
      if (work === null) return true;
      card.setAttribute("aria-busy", "true");
      const html = await fetchCard(work).catch(() => "");
      card.innerHTML = html || `<p>${gettext("This work is no longer on view.")}</p>`;
      card.removeAttribute("aria-busy");
      return html !== "";
    },
    open: () => card.querySelector("a")?.click(),
  };
}
