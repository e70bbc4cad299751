/**
 * Marks a detail on the picture, with a mouse, a finger, a pen or keys. Its place is written into the four hidden fields
 * of the form, as fractions of the picture's width and height. Without a detail they are disabled, so they are not sent.
 */

import { gettext, interpolate } from "./texts.js";

const LEAST = 0.04; // of a side; anything smaller was a click
const STEP = 0.02; // a key press
const START = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function between(one, other) {
  return {
    x: Math.min(one.x, other.x), y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y),
  };
}

function moved(crop, x, y) {
  return { ...crop, x: clamp(crop.x + x, 0, 1 - crop.width), y: clamp(crop.y + y, 0, 1 - crop.height) };
}

function resized(crop, x, y) {
  return {
    ...crop,
    width: clamp(crop.width + x, LEAST, 1 - crop.x), height: clamp(crop.height + y, LEAST, 1 - crop.y),
  };
}

/** Returns the corner opposite the one that is dragged: it stays in place. */
function opposite(crop, corner) {
  return {
    x: corner.endsWith("w") ? crop.x + crop.width : crop.x,
    y: corner.startsWith("n") ? crop.y + crop.height : crop.y,
  };
}

class Cropper {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.stage = root.querySelector(".cropper__stage");
    this.detail = root.querySelector(".cropper__detail");
    this.button = root.querySelector(".cropper__button");
    this.send = this.form.querySelector("[data-detail]");
    this.crop = null;
    this.stage.addEventListener("pointerdown", (event) => this.press(event));
    this.detail.addEventListener("keydown", (event) => this.key(event));
    this.button.addEventListener("click", () => this.toggle());
    this.form.elements.picture.addEventListener("change", () => this.show(null));
    root.addEventListener("cropper:mark", (event) => this.show(event.detail));
    this.show(null);
  }

  show(crop) {
    this.crop = crop;
    this.detail.hidden = !crop;
    this.button.textContent = crop ? this.button.dataset.clear : this.button.dataset.mark;
    this.send.textContent = crop ? this.send.dataset.detail : this.send.dataset.whole;
    for (const side of ["x", "y", "width", "height"]) {
      const field = this.form.elements[side];
      field.disabled = !crop;
      field.value = crop ? crop[side].toFixed(5) : "";
    }
    if (!crop) return;
    const place = { left: crop.x, top: crop.y, width: crop.width, height: crop.height };
    for (const [name, share] of Object.entries(place)) this.detail.style[name] = `${100 * share}%`;
  }

  showSize() {
    const { width, height } = this.crop ?? { width: 1, height: 1 };
    const percent = { width: Math.round(100 * width), height: Math.round(100 * height) };
    const text = gettext("%(width)s by %(height)s per cent of the picture");
    this.root.querySelector("#cropper-size").textContent = interpolate(text, percent);
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return {
      x: clamp((event.clientX - box.left) / box.width, 0, 1),
      y: clamp((event.clientY - box.top) / box.height, 0, 1),
    };
  }

  /** Returns a function from a pointer position to the detail, for a drag that begins with this event. */
  follower(event) {
    const start = this.at(event);
    const before = this.crop;
    const corner = event.target.dataset.corner;
    if (corner) return (point) => between(opposite(before, corner), point);
    if (event.target === this.detail) return (point) => moved(before, point.x - start.x, point.y - start.y);
    return (point) => between(start, point);
  }

  press(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault(); // do not select or drag the image
    const before = this.crop;
    const instead = event.target === this.stage ? null : before; // a click beside the detail removes it
    const follow = this.follower(event);
    const drag = new AbortController();
    const on = (name, act) => this.stage.addEventListener(name, act, { signal: drag.signal });
    this.stage.setPointerCapture(event.pointerId);
    this.show(follow(this.at(event)));
    on("pointermove", (move) => this.show(follow(this.at(move))));
    on("pointerup", () => { drag.abort(); this.release(instead); });
    on("pointercancel", () => { drag.abort(); this.show(before); });
  }

  release(instead) {
    if (this.crop.width < LEAST || this.crop.height < LEAST) this.show(instead);
    if (this.crop) this.detail.focus({ preventScroll: true });
    this.showSize();
  }

  key(event) {
    if (event.key === "Escape") this.toggle();
    if (event.key === "Enter") this.form.requestSubmit();
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const [x, y] = arrow.map((way) => way * STEP);
    this.show(event.shiftKey ? resized(this.crop, x, y) : moved(this.crop, x, y));
    this.showSize();
  }

  toggle() {
    this.show(this.crop ? null : START);
    (this.crop ? this.detail : this.button).focus();
    this.showSize();
  }
}

function start() {
  const root = document.getElementById("cropper");
  if (root) new Cropper(root);
}

document.addEventListener("htmx:historyRestore", start); // htmx has replaced the content of the page
start();
