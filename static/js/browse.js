/** On small screens the filters cover the works. "Show works" closes them. */

const filters = document.getElementById("filters");

document.getElementById("browse").addEventListener("submit", () => {
  if (filters.matches(":popover-open")) filters.hidePopover();
});
