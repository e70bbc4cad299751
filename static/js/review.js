/** Four hundred pairs in an afternoon: 1, 2, 3 decide the current pair, J and K walk, the next one comes into view. */

const undecided = () => [...document.querySelectorAll(".pair:not(.pair--decided)")];

function current() {
  const focused = document.activeElement?.closest(".pair:not(.pair--decided)");
  return focused ?? undecided()[0];
}

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
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.matches("input, textarea, select")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else current()?.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const swapped = document.getElementById(event.detail.requestConfig.target?.id ?? "");
  if (!swapped?.classList.contains("pair--decided")) return;
  const following = undecided().find((pair) => swapped.compareDocumentPosition(pair) & Node.DOCUMENT_POSITION_FOLLOWING);
  go(following);
  if (undecided().length < 3) document.querySelector("#more a")?.click();
});
