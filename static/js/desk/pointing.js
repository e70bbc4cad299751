/** Wheel, drag, two fingers and double click on the pictures. They move a LinkedZoom and draw. */

const WHEEL = 0.0015; // of the logarithm of the zoom, for a pixel that the wheel scrolls
const LINE_PX = 16; // if the wheel scrolls by lines
const CLOSER = 3; // by a double click

export class Pointing {
  /** view: a Pairview, with `zoom`, `draw`, `isStacked`, `moveDivider` and `divider`. */
  constructor(view, area) {
    this.view = view;
    this.area = area;
    this.pointers = new Map(); // positions, by id
    area.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    area.addEventListener("pointerdown", (event) => this.press(event));
    area.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) area.addEventListener(name, (event) => this.release(event));
    area.addEventListener("dblclick", (event) => this.doubleClick(event));
  }

  /** Returns the box that a position is in, whether it is the second picture's, and the distance from its middle. */
  at({ clientX, clientY }) {
    const boxes = this.view.panes.map((pane) => pane.getBoundingClientRect());
    const isIn = (box) => clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
    const isSecond = !this.view.isStacked && !isIn(boxes[0]) && isIn(boxes[1]);
    const box = boxes[isSecond ? 1 : 0];
    return { isSecond, box, x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  }

  wheel(event) {
    const { zoom } = this.view;
    if (zoom.zoom === 1 && event.deltaY > 0 && !event.ctrlKey) return; // the page scrolls
    event.preventDefault();
    const px = event.deltaY * (event.deltaMode === 1 ? LINE_PX : 1) * (event.ctrlKey ? 6 : 1); // a pinch on a touchpad
    const { x, y, isSecond } = this.at(event);
    zoom.zoomBy(Math.exp(-px * WHEEL), { x, y }, isSecond);
    this.view.draw();
  }

  press(event) {
    if (event.button !== 0 || event.target.closest("a, button")) return;
    const start = this.at(event);
    const isDivider = event.target === this.view.divider;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, isSecond: start.isSecond, isDivider });
    this.area.setPointerCapture(event.pointerId);
    this.area.classList.add("pairview__pictures--held");
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { ...before, x: event.clientX, y: event.clientY };
    if (before.isDivider) this.slide(event);
    else if (this.pointers.size === 2) this.pinch(event, before, now);
    else this.view.zoom.moveBy({ x: now.x - before.x, y: now.y - before.y }, before.isSecond);
    this.pointers.set(event.pointerId, now);
    this.view.draw();
  }

  slide(event) {
    const { box } = this.at(event);
    this.view.moveDivider((100 * (event.clientX - box.left)) / box.width);
  }

  pinch(event, before, now) {
    const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const apart = (place) => Math.hypot(place.x - other.x, place.y - other.y);
    const { x, y } = this.at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
    this.view.zoom.zoomBy(apart(now) / Math.max(apart(before), 1), { x, y }, before.isSecond);
    this.view.zoom.moveBy({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 }, before.isSecond);
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.area.classList.remove("pairview__pictures--held");
  }

  doubleClick(event) {
    if (event.target.closest("a, button")) return;
    const { zoom } = this.view;
    const { x, y, isSecond } = this.at(event);
    zoom.zoomBy(zoom.zoom > 1 ? 1 / zoom.zoom : CLOSER, { x, y }, isSecond);
    this.view.draw();
  }
}
