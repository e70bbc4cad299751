/**
 * A picture may be dropped or pasted. It is shown before it is sent, and sent at once when dropped.
 *
 * The results have their own address. A smaller copy and the marked detail are stored in the tab's session storage, so
 * that a reload of the results, or Back from a work, still shows the picture. They are deleted with the tab, or earlier
 * by leave-search.js. Files that the browser cannot show (HEIC and TIFF in most browsers) are not stored.
 */

const KEY = "kindred:searched-picture"; // as in leave-search.js
const KEPT_SIDE_PX = 1536; // enough for details; about 1 MB of the 5 MB that a tab may keep
const RESULTS = /^\/search\/picture\/[^/]+\/$/;
const SIDES = ["x", "y", "width", "height"];

const page = () => document.getElementById("picture-search"); // htmx may have put another one in its place

function show(form) {
  const [file] = form.elements.picture.files;
  const picture = form.querySelector(".cropper__picture");
  URL.revokeObjectURL(picture.src);
  form.classList.remove("picture-search--shown");
  form.querySelector(".cropper").hidden = true;
  if (!file) return;
  picture.onload = () => {
    form.classList.add("picture-search--shown");
    form.querySelector(".cropper").hidden = false;
  }; // never for HEIC and TIFF, in most browsers: those are searched whole
  picture.src = URL.createObjectURL(file);
}

function smallCopy(picture) {
  const scale = Math.min(1, KEPT_SIDE_PX / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(scale * picture.naturalWidth));
  canvas.height = Math.max(1, Math.round(scale * picture.naturalHeight));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // behind what is transparent, as on the server
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.9);
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // storage is switched off
  }
}

/** Store the searched picture and detail under the address of the results. */
function keep(form, path) {
  if (!RESULTS.test(path) || kept()?.path === path) return; // another lens has the same path
  const isShown = form.classList.contains("picture-search--shown");
  const crop = form.elements.x.disabled ? null : Object.fromEntries(SIDES.map((side) => [side, Number(form.elements[side].value)]));
  try {
    sessionStorage.removeItem(KEY);
    if (isShown) sessionStorage.setItem(KEY, JSON.stringify({ path, crop, picture: smallCopy(form.querySelector(".cropper__picture")) }));
  } catch {
    // storage is full or switched off: a reload then shows the results alone
  }
}

function asFile(address) {
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (sign) => sign.charCodeAt(0));
  return new File([bytes], "your-picture.jpg", { type: "image/jpeg" });
}

/** On the page of the results: put the searched picture back into the form, and show it. */
function restore(form) {
  const found = kept();
  if (!form.hidden || found?.path !== location.pathname) return;
  const transfer = new DataTransfer();
  transfer.items.add(asFile(found.picture));
  form.elements.picture.files = transfer.files;
  form.elements.picture.dispatchEvent(new Event("change", { bubbles: true }));
  if (found.crop) form.querySelector(".cropper").dispatchEvent(new CustomEvent("cropper:mark", { detail: found.crop }));
  form.parentElement.classList.add("search-desk");
  form.hidden = false;
}

function take(form, files) {
  if (!files.length) return;
  form.elements.picture.files = files;
  form.elements.picture.dispatchEvent(new Event("change", { bubbles: true }));
  form.requestSubmit();
}

function start(form) {
  form.elements.picture.addEventListener("change", () => show(form));
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("picture-search--over"); });
  form.addEventListener("dragleave", () => form.classList.remove("picture-search--over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("picture-search--over");
    take(form, event.dataTransfer.files);
  });
  if (form.elements.picture.files.length) show(form); // kept by the browser over a reload
  restore(form);
}

function reveal(event) {
  const answer = document.getElementById("answer");
  if (event.target === answer && page() && answer.getBoundingClientRect().top > innerHeight * 0.6) {
    answer.scrollIntoView({ block: "start", behavior: "smooth" });
  }
}

document.addEventListener("paste", (event) => { if (page()) take(page(), event.clipboardData.files); });
document.addEventListener("htmx:afterSwap", reveal);
document.addEventListener("htmx:pushedIntoHistory", ({ detail }) => { if (page()) keep(page(), new URL(detail.path, location).pathname); });
document.addEventListener("htmx:historyRestore", () => { if (page()) start(page()); });
if (page()) start(page());
