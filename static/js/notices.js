/** Shows a message if a request of htmx fails. Without it, the visitor would see nothing. */

import { gettext } from "./texts.js";

const TEXTS = {
  "htmx:sendError": gettext("The site cannot be reached at the moment. Please try again."),
  "htmx:timeout": gettext("The site takes too long to answer. Please try again."),
  "htmx:responseError": gettext("That did not work. Please try again, or load the page anew."),
};

function show(text) {
  const notices = document.getElementById("notices");
  const line = document.createElement("p");
  line.className = "message message--error";
  line.textContent = text;
  notices.replaceChildren(line);
}

for (const [name, text] of Object.entries(TEXTS)) {
  document.addEventListener(name, () => show(text));
}
