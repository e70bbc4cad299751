/** A picture may be dropped or pasted; it is shown before it is sent, and sent at once when dropped. */

const form = document.getElementById("picture-search");
const zone = form.querySelector(".drop-zone");
const file = form.querySelector(".drop-zone__file");
const preview = form.querySelector(".drop-zone__preview");

function show() {
  const [picture] = file.files;
  if (!picture) return;
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(picture);
  preview.hidden = false;
}

function take(files) {
  if (!files.length) return;
  file.files = files;
  show();
  form.requestSubmit();
}

preview.addEventListener("error", () => { preview.hidden = true; }); // HEIC and TIFF, in most browsers
file.addEventListener("change", show);
zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("drop-zone--over"); });
zone.addEventListener("dragleave", () => zone.classList.remove("drop-zone--over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("drop-zone--over");
  take(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => take(event.clipboardData.files));
