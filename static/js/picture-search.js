/** A picture may be dropped or pasted; it is shown before it is sent, and sent at once when dropped. */

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
}

function reveal(event) {
  const answer = document.getElementById("answer");
  if (event.target === answer && page() && answer.getBoundingClientRect().top > innerHeight * 0.6) {
    answer.scrollIntoView({ block: "start", behavior: "smooth" });
  }
}

document.addEventListener("paste", (event) => { if (page()) take(page(), event.clipboardData.files); });
document.addEventListener("htmx:afterSwap", reveal);
document.addEventListener("htmx:historyRestore", () => { if (page()) start(page()); });
if (page()) start(page());
