/** Keys for fast reviewing: digits decide the current pair and show the next one, J and K move to the next and the previous
 *  pair, O and Enter open the current pair on the desk, U takes back the last verdict that was given on this page. On the page of
 *  a case, digits decide the case, and C leads to the next one. */

const given = []; // ids of pairs, the latest last

const undecided = () => [...document.querySelectorAll(".pair:not(.pair--decided)")];

/** Returns the first pair that no colleague looks at, else the first. */
const first = () => undecided().find((pair) => !pair.parentElement.querySelector(".pairs__claim")) ?? undecided()[0];

const focused = () => document.activeElement?.closest(".pair:not(.pair--decided)");

function current() {
  return focused() ?? first();
}

/** On the page of a case, keys decide the case unless one of its pairs has the focus. */
const caseBar = () => (focused() ? null : document.querySelector(".case__verdicts"));

const opening = (pair) => pair?.querySelector("[data-opens]");

function go(pair) {
  if (!pair) return;
  pair.focus({ preventScroll: true });
  pair.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const pairs = undecided();
  go(pairs[pairs.indexOf(current()) + by]);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "o") opening(current())?.click();
  else if (key === "enter" && event.target.matches(".pair")) opening(event.target)?.click();
  else if (key === "u") document.querySelector(`#${CSS.escape(given.at(-1) ?? "none")} [data-takes-back]`)?.click();
  else if (key === "c") document.querySelector("[data-next-case]")?.click();
  else (caseBar() ?? current())?.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
});

// After settling: until then a new pair still has the classes of the one that it replaces.
document.addEventListener("htmx:afterSettle", (event) => {
  const settled = document.getElementById(event.detail.elt.id);
  if (!settled?.classList.contains("pair")) return;
  if (given.includes(settled.id)) given.splice(given.indexOf(settled.id), 1);
  if (!settled.classList.contains("pair--decided")) return go(settled); // the verdict was taken back or refused
  if (!settled.querySelector("[role=alert]")) given.push(settled.id); // otherwise a colleague has decided it
  go(undecided().find((pair) => settled.compareDocumentPosition(pair) & Node.DOCUMENT_POSITION_FOLLOWING) ?? first());
  if (undecided().length < 3) document.querySelector("#more a")?.click();
});

if (!caseBar()) go(first());
