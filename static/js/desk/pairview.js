/** Shows the two pictures of a pair: side by side, with a divider, in turn, or their difference. */

import { gettext, interpolate } from "../texts.js";
import { Blinking } from "./blinking.js";
import { Closeups } from "./closeups.js";
import { clamp, css, multiply, outline, scaling } from "./geometry.js";
import { LinkedZoom } from "./linked-zoom.js";
import { Pointing } from "./pointing.js";

const VIEWS = {
  side: gettext("Side by side."),
  swipe: gettext("Swipe: the second picture lies over the first, right of the divider."),
  blink: gettext("Blink: the two pictures are shown in turn."),
  difference: gettext("Difference: equal places are black."),
};
const SHOWN = [gettext("First picture"), gettext("Second picture")];
const IDENTITY = scaling(1, 1);
const BY_KEY = 1.5; // zoom for a key or a button
const MOVE_PX = 60; // for an arrow key
const NOTE_PX = 40; // for the line below the pictures
const [LEAST_PX, MOST_PX] = [260, 1400]; // the height of the pictures
const TURNED_PX = 150; // a window that changes by less has shown or hidden the bars of a phone
let chosen = "side"; // the view stays the same from pair to pair

export class Pairview {
  constructor(root) {
    this.root = root;
    const { pictures, matrix } = JSON.parse(root.dataset.overlay);
    this.pictures = pictures;
    this.matrix = matrix;
    this.area = root.querySelector(".pairview__pictures");
    this.panes = [...root.querySelectorAll(".pairview__pane")];
    this.frames = this.panes.map((pane) => pane.querySelector(".pairview__frame"));
    this.images = this.panes.map((pane) => pane.querySelector(".pairview__picture"));
    this.blend = root.querySelector(".pairview__blend");
    this.divider = root.querySelector(".pairview__divider");
    this.zoom = new LinkedZoom(pictures, matrix);
    this.closeups = new Closeups(pictures, this.images, (text) => this.write("[data-sharpness]", text));
    this.blinking = new Blinking(root.querySelector("[data-blinks]"), (isSecond) => this.cover(isSecond));
    this.pointing = new Pointing(this, this.area);
    this.observer = new ResizeObserver(() => this.measure());
    this.share = 50; // of the box that shows the first picture, in per cent
    this.start();
  }

  start() {
    this.root.classList.add("pairview--live");
    const tools = this.root.querySelector(".pairview__tools");
    tools.hidden = false;
    tools.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    tools.addEventListener("input", ({ target }) => target.dataset.range && this.set(target.dataset.range, +target.value));
    this.images.forEach((image, place) => image?.addEventListener("error", () => this.lose(place), { once: true }));
    this.images.forEach((image, place) => image?.complete && !image.naturalWidth && this.lose(place));
    if (!this.canStack) for (const view of ["swipe", "blink", "difference"]) this.button(view).disabled = true;
    this.panes.forEach((pane) => this.observer.observe(pane));
    this.window = { width: 0, height: 0 };
    this.whenResized = () => this.fill();
    window.addEventListener("resize", this.whenResized);
    this.area.tabIndex = 0;
    this.show(chosen);
  }

  /** Ends timers and observers. The element is about to be replaced. */
  close() {
    this.blinking.stop();
    this.observer.disconnect();
    window.removeEventListener("resize", this.whenResized);
    this.closeups.close();
  }

  get canStack() {
    return this.images.every(Boolean);
  }

  get isStacked() {
    return this.view !== "side";
  }

  button(view) {
    return this.root.querySelector(`[data-show="${view}"]`);
  }

  press(button) {
    if (!button) return;
    const { show, zoom } = button.dataset;
    if (show) this.view === "blink" && show === "blink" ? this.blinking.flip() : this.show(show);
    if (zoom) this.zoomBy({ in: BY_KEY, out: 1 / BY_KEY, fit: 0 }[zoom]);
    if ("flip" in button.dataset) this.blinking.flip();
  }

  show(view) {
    this.view = this.canStack ? view : "side";
    chosen = view;
    this.root.dataset.view = this.view;
    for (const name of Object.keys(VIEWS)) this.button(name).setAttribute("aria-pressed", name === this.view);
    for (const one of this.root.querySelectorAll("[data-only]")) one.hidden = one.dataset.only !== this.view;
    this.divider.hidden = this.view !== "swipe";
    this.blinking.stop();
    this.cover(this.view !== "blink");
    if (this.view === "blink") this.blinking.start();
    this.set("gain", +this.root.querySelector('[data-range="gain"]').value);
    this.moveDivider(this.share);
    this.fill(true);
    this.measure();
    const isMisaligned = this.isStacked && !this.matrix;
    this.say(isMisaligned ? `${VIEWS[this.view]} ${gettext("The pictures are not aligned.")}` : VIEWS[this.view]);
  }

  /** Gives the pictures the height that the head and the bar of verdicts leave. */
  fill(isForced = false) {
    const { innerWidth: width, innerHeight: height } = window;
    if (!isForced && width === this.window.width && Math.abs(height - this.window.height) < TURNED_PX) return;
    this.window = { width, height };
    const top = this.area.getBoundingClientRect().top + window.scrollY;
    const bar = document.querySelector(".desk__bar").offsetHeight;
    this.area.style.height = `${clamp(height - top - bar - NOTE_PX, LEAST_PX, MOST_PX)}px`;
  }

  measure() {
    const box = this.panes[0].getBoundingClientRect();
    this.zoom.resize(box.width, box.height);
    this.draw();
  }

  draw() {
    const places = [this.zoom.first, this.isStacked ? this.zoom.first : this.zoom.second];
    this.frames.forEach((frame, place) => this.place(frame, this.pictures[this.isStacked ? 0 : place], places[place]));
    this.warp();
    const clip = this.view === "difference" && this.matrix ? outline(this.matrix) : "";
    this.frames[0].style.clipPath = clip;
    this.area.classList.toggle("pairview__pictures--enlarged", this.zoom.zoom > 1);
    this.write("[data-zoomed]", `${Math.round(100 * this.zoom.zoom)} %`);
    this.closeups.show([this.zoom.first.scale, this.isStacked ? this.scaleOfSecond() : this.zoom.second.scale]);
  }

  /** Puts a frame of the size of a picture into its box. */
  place(frame, { width, height }, { scale, middle }) {
    const { width: boxWidth, height: boxHeight } = this.zoom.box;
    frame.style.width = `${width * scale}px`;
    frame.style.height = `${height * scale}px`;
    frame.style.transform = `translate(${boxWidth / 2 - middle.x * width * scale}px, ${boxHeight / 2 - middle.y * height * scale}px)`;
  }

  /** Lays the second picture over the first, or fills its own frame with it. */
  warp() {
    const image = this.images[1];
    if (!image) return;
    image.style.transform = "";
    if (!this.isStacked) return;
    const { scale } = this.zoom.first;
    const [width, height] = [this.pictures[0].width * scale, this.pictures[0].height * scale];
    const matrix = this.matrix ?? IDENTITY; // without a matrix it fills the frame of the first one
    const inPixels = multiply(multiply(scaling(width, height), matrix), scaling(1 / width, 1 / height));
    image.style.transform = this.matrix ? css(inPixels) : "";
  }

  scaleOfSecond() {
    const { zoom } = this;
    return zoom.toFirst && zoom.zoom >= 2 ? zoom.second.scale : zoom.fit(this.pictures[1]) * zoom.zoom;
  }

  zoomBy(factor) {
    if (factor) this.zoom.zoomBy(factor);
    else this.zoom.reset();
    this.draw();
    this.say(interpolate(gettext("%(percent)s per cent of the whole."), { percent: Math.round(100 * this.zoom.zoom) }));
  }

  /** Moves the part that is shown. Returns false if the whole is shown, so that the page can scroll. */
  arrow([x, y]) {
    if (this.zoom.zoom === 1) return false;
    this.zoom.moveBy({ x: -x * MOVE_PX, y: -y * MOVE_PX });
    this.draw();
    return true;
  }

  /** Puts the second picture on top, or takes it away. */
  cover(isSecond) {
    this.panes[1].classList.toggle("pairview__pane--away", this.isStacked && !isSecond);
    this.area.dataset.top = SHOWN[isSecond ? 1 : 0];
  }

  /** Shows the other picture while a key is held. */
  hold(isHeld) {
    if (!this.isStacked) return;
    if (this.view !== "blink") return this.cover(!isHeld);
    this.blinking.stop();
    this.blinking.put(isHeld);
    if (!isHeld) this.blinking.start();
  }

  /** Moves the divider, or changes how much the difference is amplified, by one step of a key. */
  nudge(way) {
    if (this.view === "swipe") this.moveDivider(this.share + 5 * way);
    const range = this.root.querySelector('[data-range="gain"]');
    if (this.view === "difference") this.set("gain", clamp(+range.value + way, +range.min, +range.max));
  }

  set(name, value) {
    if (name === "divider") return this.moveDivider(value);
    const range = this.root.querySelector('[data-range="gain"]');
    range.value = value;
    range.setAttribute("aria-valuetext", interpolate(gettext("%(count)s times"), { count: value }));
    this.blend.style.filter = this.view === "difference" && value > 1 ? `brightness(${value})` : "";
  }

  moveDivider(share) {
    this.share = clamp(share, 0, 100);
    const range = this.root.querySelector('[data-range="divider"]');
    range.value = this.share;
    const percent = Math.round(this.share);
    range.setAttribute("aria-valuetext", interpolate(gettext("%(percent)s % first picture"), { percent }));
    this.divider.style.left = `${this.share}%`;
    this.panes[1].style.clipPath = this.view === "swipe" ? `inset(0 0 0 ${this.share}%)` : "";
  }

  /** A file could not be shown: says so in its place. The record and the verdict still work. */
  lose(place) {
    const text = document.createElement("p");
    text.className = "pairview__missing";
    text.textContent = gettext("This picture cannot be shown at the moment.");
    this.images[place].replaceWith(text);
    this.images[place] = null;
    for (const view of ["swipe", "blink", "difference"]) this.button(view).disabled = true;
    this.show("side");
  }

  write(selector, text) {
    this.root.querySelector(selector).textContent = text;
  }

  say(text) {
    this.write("[data-said]", text);
  }
}
