/**
 * Suggestions below a field while somebody types: a combobox with a listbox, as in the WAI-ARIA 1.2 pattern.
 *
 * The field names the address of the suggestions in data-suggestions. Without this script it is a plain search field.
 */

import { gettext, interpolate, ngettext } from "./texts.js";

const WAIT_MS = 120;
const SHORTEST_CHARS = 2;

class Combobox {
  constructor(field) {
    this.field = field;
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = `${field.id}-suggestions`;
    this.list.hidden = true;
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", gettext("Suggestions"));
    field.after(this.list, this.status);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => this.close());
    field.form?.addEventListener("submit", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.follow(event.target.closest("[role=option]")));
  }

  get options() {
    return [...this.list.children];
  }

  wait() {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (this.field.value.trim().length < SHORTEST_CHARS) return this.close();
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    this.asked = new AbortController();
    const address = new URL(this.field.dataset.suggestions, location.href);
    address.searchParams.set("q", this.field.value);
    try {
      const answer = await fetch(address, { signal: this.asked.signal });
      if (answer.ok) this.show(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // the field still searches
    }
  }

  show(html) {
    if (document.activeElement !== this.field) return;
    const page = new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html");
    this.list.replaceChildren(...page.querySelectorAll("[role=option]"));
    for (const option of this.options) option.id = `${this.list.id}-${option.id}`;
    const count = this.options.length;
    this.choose(null);
    this.list.hidden = count === 0;
    this.field.setAttribute("aria-expanded", String(count > 0));
    this.status.textContent = interpolate(ngettext("%(count)s suggestion", "%(count)s suggestions", count), { count });
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.choose(null);
    this.field.setAttribute("aria-expanded", "false");
    this.status.textContent = "";
  }

  choose(option) {
    for (const one of this.options) one.setAttribute("aria-selected", String(one === option));
    this.chosen = option;
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (this.list.hidden || event.isComposing) return;
    const options = [null, ...this.options]; // null: nothing is chosen, the text itself is searched for
    const place = options.indexOf(this.chosen);
    if (event.key === "ArrowDown") this.choose(options[(place + 1) % options.length]);
    else if (event.key === "ArrowUp") this.choose(options.at(place - 1));
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.chosen) this.follow(this.chosen);
    else return;
    event.preventDefault();
  }

  follow(option) {
    if (option) location.assign(option.dataset.url);
  }
}

for (const field of document.querySelectorAll("[data-suggestions]")) new Combobox(field);
