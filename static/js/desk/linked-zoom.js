/**
 * Zoom and position of two pictures that move together. The state is one zoom (1: the whole picture) and the point of the
 * first picture, in fractions of its sides, that is in the middle of its box. The place of the second picture follows.
 */

import { clamp, invert, map, slope } from "./geometry.js";

const MOST_PER_PIXEL = 2; // CSS pixels for one pixel of the original
const LEAST_MOST = 4; // a small picture can be enlarged so much in any case
const MIDDLE = { x: 0.5, y: 0.5 };
const between = (one, other, share) => one + (other - one) * share;

export class LinkedZoom {
  /** pictures: two of { width, height } in pixels; matrix: fractions of the second to those of the first, or null. */
  constructor(pictures, matrix) {
    this.pictures = pictures;
    this.toFirst = matrix;
    this.toSecond = matrix && invert(matrix);
    this.box = { width: 1, height: 1 };
    this.reset();
  }

  reset() {
    this.zoom = 1;
    this.middle = MIDDLE;
  }

  /** Sets the size of the box of one picture, in CSS pixels. */
  resize(width, height) {
    this.box = { width: Math.max(width, 1), height: Math.max(height, 1) };
    this.change({});
  }

  /** Returns the CSS pixels for a pixel of a picture that is shown whole. */
  fit({ width, height }) {
    return Math.min(this.box.width / width, this.box.height / height);
  }

  get most() {
    return Math.max(LEAST_MOST, ...this.pictures.map((picture) => MOST_PER_PIXEL / this.fit(picture)));
  }

  /** Returns { scale, middle } of the first picture. */
  get first() {
    return { scale: this.fit(this.pictures[0]) * this.zoom, middle: this.middle };
  }

  /**
   * Returns { scale, middle } of the second picture beside the first. It is shown whole at zoom 1. From zoom 2 on it shows
   * the same place at the same scale; between these it changes steadily.
   */
  get second() {
    const own = this.fit(this.pictures[1]) * this.zoom;
    if (!this.toSecond) return { scale: own, middle: this.middle };
    const link = clamp(Math.log2(this.zoom), 0, 1);
    const place = map(this.toSecond, this.middle);
    const inside = { x: clamp(place.x, 0, 1), y: clamp(place.y, 0, 1) };
    const [a, b, c, d] = slope(this.toFirst, inside);
    const area = Math.abs(a * d - b * c) * this.pictures[0].width * this.pictures[0].height;
    const linked = this.first.scale * Math.sqrt(area / (this.pictures[1].width * this.pictures[1].height));
    return {
      scale: Math.exp(between(Math.log(own), Math.log(linked), link)),
      middle: { x: between(0.5, inside.x, link), y: between(0.5, inside.y, link) },
    };
  }

  /** Sets zoom and middle, within their limits. */
  change({ zoom = this.zoom, middle = this.middle }) {
    this.zoom = clamp(zoom, 1, this.most);
    const { scale } = this.first;
    const side = (name, length) => {
      const half = Math.min(0.5, this.box[length] / (2 * scale * this.pictures[0][length]));
      return clamp(middle[name], half, 1 - half);
    };
    this.middle = { x: side("x", "width"), y: side("y", "height") };
  }

  /** Zooms by a factor about a point, given in CSS pixels from the middle of a box. */
  zoomBy(factor, from = { x: 0, y: 0 }, isSecond = false) {
    const before = this.zoom;
    const zoom = clamp(before * factor, 1, this.most);
    const move = this.inFirst(from, isSecond);
    const share = 1 - before / zoom;
    this.change({ zoom, middle: { x: this.middle.x + move.x * share, y: this.middle.y + move.y * share } });
  }

  /** Moves the pictures by CSS pixels, as a pointer moves in one of the boxes. */
  moveBy(by, isSecond = false) {
    const move = this.inFirst(by, isSecond);
    this.change({ middle: { x: this.middle.x - move.x, y: this.middle.y - move.y } });
  }

  /** Returns a distance in the box of a picture as fractions of the first picture. */
  inFirst({ x, y }, isSecond) {
    const { scale, middle } = isSecond ? this.second : this.first;
    const picture = this.pictures[isSecond ? 1 : 0];
    const own = { x: x / (scale * picture.width), y: y / (scale * picture.height) };
    if (!isSecond || !this.toFirst) return own;
    const [a, b, c, d] = slope(this.toFirst, middle);
    return { x: a * own.x + b * own.y, y: c * own.x + d * own.y };
  }
}
