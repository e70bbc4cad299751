/** Sends pictures one by one, each with its own progress and answer. Without this script the form sends all at once. */

import { gettext, interpolate, language, ngettext } from "./texts.js";

const MIB = 2 ** 20;
const PREVIEW_LIMIT_MIB = 20; // larger pictures take long to show
const form = document.getElementById("upload");
const input = form.querySelector("input[type=file]");
const drop = document.getElementById("drop");
const list = document.getElementById("sent");
const summary = document.getElementById("summary");
const send = document.getElementById("send");
const onward = document.getElementById("onward");
const sizeLimitMib = Number(form.dataset.sizeLimitMib);

const STATES = {
  waiting: gettext("waiting"),
  "being sent": gettext("being sent"),
  received: gettext("received"),
  refused: gettext("refused"),
  "already held": gettext("already held"),
  "not sent": gettext("not sent"),
};
const COUNTS = {
  refused: gettext("%(count)s refused"),
  "already held": gettext("%(count)s already held"),
  "not sent": gettext("%(count)s not sent"),
};

/** One chosen file: state is one of STATES. */
let rows = [];
let isSending = false;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function rowFor(file) {
  const line = element("li", "sent__file");
  const thumb = element("div", "sent__thumb");
  const text = element("div", "sent__text");
  const bar = document.createElement("progress");
  const reason = element("p", "sent__reason");
  const note = element("p", "sent__note");
  const state = element("p", "sent__state");
  bar.max = 1;
  bar.hidden = true;
  bar.setAttribute("aria-label", interpolate(gettext("%(name)s, sent"), { name: file.name }));
  text.append(element("p", "sent__name", file.name), bar, reason, note);
  line.append(thumb, text, state);
  preview(file, thumb);
  return { file, line, bar, reason, note, stateLine: state, state: "waiting" };
}

function preview(file, thumb) {
  if (file.size > PREVIEW_LIMIT_MIB * MIB) return;
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
  picture.addEventListener("error", () => picture.remove()); // the browser cannot show every format
  thumb.append(picture);
}

function show(row, state, reason = "", work = "") {
  row.state = state;
  row.bar.hidden = state !== "being sent";
  row.line.className = `sent__file sent__file--${state.replace(" ", "-")}`;
  row.stateLine.replaceChildren(element("span", `state state--${state.replace(" ", "-")}`, STATES[state]));
  row.reason.textContent = reason;
  if (work) {
    const link = element("a", "", gettext("See it"));
    link.href = work;
    row.reason.append(" ", link);
  }
}

function choose(files) {
  for (const file of files) {
    const row = rowFor(file);
    rows.push(row);
    list.append(row.line);
    if (file.size > sizeLimitMib * MIB) {
      show(row, "refused", tooLarge(file));
    } else {
      show(row, "waiting");
    }
  }
  input.value = "";
  list.hidden = rows.length === 0;
  showTotals();
}

function tooLarge(file) {
  const size = (file.size / MIB).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const text = gettext("This file is %(size)s MiB large; at most %(limit)s MiB are accepted.");
  return interpolate(text, { size, limit: sizeLimitMib.toLocaleString(language) });
}

function unsent() {
  return rows.filter((row) => row.state === "waiting" || row.state === "not sent");
}

function showTotals() {
  const count = (state) => rows.filter((row) => row.state === state).length;
  const received = interpolate(gettext("%(count)s of %(all)s received"), { count: count("received"), all: rows.length });
  const others = Object.keys(COUNTS).filter(count).map((state) => interpolate(COUNTS[state], { count: count(state) }));
  summary.textContent = rows.length ? [received, ...others].join(", ") : "";
  const left = unsent().length;
  const again = rows.some((row) => row.state === "not sent");
  send.textContent = again ? gettext("Send again") : uploadLabel(left);
  send.hidden = rows.length > 0 && left === 0;
  send.disabled = isSending;
  document.getElementById("upload-options").hidden = send.hidden;
}

function uploadLabel(count) {
  if (!count) return gettext("Upload pictures");
  return interpolate(ngettext("Upload %(count)s picture", "Upload %(count)s pictures", count), { count });
}

/** Sends one file. Resolves with { status, answer }; status 0 where there was no connection. */
function post(row) {
  const body = new FormData(form);
  body.delete(input.name);
  body.append(input.name, row.file, row.file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      row.bar.value = event.lengthComputable ? event.loaded / event.total : 0;
    });
    request.addEventListener("loadend", () => resolve({ status: request.status, answer: request.response }));
    request.send(body);
  });
}

function settle(row, { status, answer }) {
  if (status === 200 && answer) {
    form.elements.upload.value = answer.upload;
    onward.href = answer.url;
    const [file] = answer.files;
    const state = file.refusal ? (file.work ? "already held" : "refused") : "received";
    show(row, state, file.refusal, file.refusal ? file.work : "");
    row.note.textContent = file.note;
  } else if (status === 413) {
    show(row, "refused", answer?.problem ?? gettext("This file is larger than this site takes."));
  } else if (status === 403) {
    show(row, "not sent", gettext("You are no longer signed in. Sign in on another page, then send it again."));
  } else {
    const lost = status ? gettext("The site could not take it at the moment.") : gettext("The connection was lost.");
    show(row, "not sent", answer?.problem ?? lost);
  }
}

async function sendAll() {
  isSending = true;
  for (const row of unsent()) {
    show(row, "being sent");
    showTotals();
    settle(row, await post(row));
  }
  isSending = false;
  showTotals();
  onward.hidden = !onward.href;
  if (rows.every((row) => row.state === "received")) location.assign(onward.href);
  else (onward.hidden ? send : onward).focus();
}

document.getElementById("drop-hint").hidden = false;
drop.classList.add("drop--live"); // the list below shows the chosen files, instead of the field
drop.querySelector(".drop__limit").hidden = true; // one request for each file, so there is no limit
input.required = false; // the list is sent, not the field
input.addEventListener("change", () => choose([...input.files]));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isSending) return;
  if (unsent().length) sendAll();
  else input.click();
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("drop--over");
  });
}
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, () => drop.classList.remove("drop--over"));
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  choose([...event.dataTransfer.files]);
});
window.addEventListener("beforeunload", (event) => {
  if (isSending) event.preventDefault();
});
choose([...input.files]); // files chosen before this script ran, or kept by the browser
