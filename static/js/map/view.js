/** The map on its canvas: draws when something has changed, and connects gestures, labels, cards and sets. */

import * as address from "./address.js";
import { createCamera, sideOf } from "./camera.js";
import { createCards } from "./cards.js";
import { createChosen } from "./chosen.js";
import { createDrawing, prepare } from "./drawing.js";
import { listen, STEP, zoomMiddle } from "./gestures.js";
import { createLabels } from "./labels.js";
import { createLasso } from "./lasso.js";
import { createPicking } from "./picking.js";
import { boundsOf, rowsById } from "./points.js";
import { createStates } from "./states.js";
import { coloursOf, placeAt } from "./surroundings.js";

const NEAR_MOST = 400; // larger pictures are requested only if at most this many works are in view
const WORK_PX = 90; // side of a work that the address names
const GROUP_ZOOM = 2.5;

const part = (name) => document.getElementById(`map-${name}`);

/** Return the view, or null without WebGL 2. `elements`: page, stage and the addresses of pictures. */
export async function createView(elements, data) {
  const prepared = await prepare(part("canvas"));
  return prepared && new View(elements, data, prepared);
}

class View {
  frame = 0; // the id from requestAnimationFrame, or 0 if no frame is due
  selected = null; // the id of a work
  matching = null; // the ids of the works that match the filters, or null for all

  constructor({ page, stage, addresses }, data, prepared) {
    Object.assign(this, { page, stage, addresses, prepared });
    this.canvas = part("canvas");
    this.group = Number(page.dataset.group) || null;
    this.colours = coloursOf(stage);
    this.camera = createCamera(data.cells, boundsOf(data));
    this.cards = createCards(part("hover"), part("card"), addresses.cards, (work) => this.select(work));
    this.chosen = createChosen(part("set"), Number(page.dataset.most), () => this.choose([]));
    this.lasso = createLasso(part("loop"), this.camera, stage.querySelector("[data-do=lasso]"), (loop) =>
      this.choose(this.picking.inLoop(loop).map((row) => this.data.works[row])),
    );
    this.redraw = () => (this.frame ||= requestAnimationFrame((nowMs) => this.draw(nowMs)));
    this.use(data);
    this.listen();
    this.begin();
    this.resize();
  }

  use(data) {
    this.drawing?.forget();
    this.data = data;
    this.picking = createPicking(data);
    this.rows = rowsById(data);
    this.states = createStates(data, this.rows);
    part("labels").replaceChildren();
    this.labels = createLabels(part("labels"), part("tools"), data.groups);
    this.drawing = createDrawing(this.prepared, data, this.states.values, this.addresses, this.redraw);
  }

  /** Replace the data. Keep the camera, and the selected and chosen works that the new data has. */
  replace(data) {
    this.use(data);
    this.restore();
    if (this.page.dataset.filtered !== undefined) this.filter();
  }

  /** Apply the filters, the group, the set and the selection to new data, without works that it lacks. */
  restore() {
    this.states.keep(this.matching);
    this.states.keepGroup(this.group);
    this.choose(this.chosen.all().filter((id) => this.rows.has(id)));
    if (!this.rows.has(this.selected)) this.select(null);
    this.states.select(this.selected);
    this.update();
  }

  draw(nowMs) {
    const { camera, page } = this;
    this.frame = 0;
    const isMoving = camera.step(nowMs);
    const side = this.side();
    this.drawing.frame(camera, side, isMoving ? [] : this.rowsInView(side), this.colours);
    this.labels(camera);
    placeAt(part("pin"), camera, page.dataset.searched === undefined ? null : [page.dataset.x, page.dataset.y]);
    if (isMoving) this.redraw();
    else address.write(camera, () => ({ work: this.selected, works: this.chosen.inAddress() }));
  }

  side() {
    return sideOf(this.camera, this.data.cells, this.data.count);
  }

  /** Return the rows in view, the nearest to the middle first. Return none if their tiles are sharp enough, or if they are many. */
  rowsInView(side) {
    if (this.drawing.isSharpEnough(side)) return [];
    const { camera } = this;
    const [left, top] = camera.toMap(-side, -side);
    const [right, bottom] = camera.toMap(camera.width + side, camera.height + side);
    return this.picking.inView(left, top, right, bottom, NEAR_MOST);
  }

  workAt(px, py) {
    const reach = Math.max(this.side() / 2, 8) / this.camera.scale;
    const row = this.picking.nearest(...this.camera.toMap(px, py), reach);
    return row < 0 ? null : this.data.works[row];
  }

  select(work) {
    this.selected = work;
    this.states.select(work);
    this.cards.point(null, 0, 0);
    this.cards.show(work);
    this.update();
  }

  choose(works) {
    this.states.choose(works);
    this.chosen.show(works);
    this.update();
  }

  update() {
    this.states.apply();
    this.drawing.update();
    this.redraw();
  }

  resize() {
    const { canvas, stage } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [Math.round(stage.clientWidth * ratio), Math.round(stage.clientHeight * ratio)];
    if (canvas.width === width && canvas.height === height) return; // setting a size clears the canvas
    Object.assign(canvas, { width, height });
    this.camera.resize(stage.clientWidth, stage.clientHeight);
    this.redraw();
  }

  /** Go to the place, the work, the group or the set of the address. */
  begin() {
    const { camera, group } = this;
    const { x, y, zoom, work, works, filtered } = this.page.dataset;
    camera.resize(this.stage.clientWidth, this.stage.clientHeight);
    const near = Math.max((WORK_PX * this.data.cells) / camera.fit, 1);
    if (x) camera.go(Number(x), Number(y), Number(zoom) || near / (work ? 1 : 3), true);
    if (works) this.choose(works.split(",").map(Number).filter((id) => this.rows.has(id))); // prettier-ignore
    this.states.keepGroup(group);
    if (group && !x) this.goToGroup(group);
    if (work) this.select(Number(work));
    this.update();
    if (filtered !== undefined) this.filter();
  }

  goToGroup(number) {
    const group = this.data.groups.find((one) => one.number === number);
    if (group) this.camera.go(group.x, group.y, GROUP_ZOOM, true);
  }

  async filter() {
    const response = await fetch(this.page.dataset.matches, { cache: "no-cache" });
    if (!response.ok) return;
    this.matching = (await response.json()).works;
    this.states.keep(this.matching);
    this.update();
  }

  listen() {
    const { canvas, camera, cards, lasso, stage } = this;
    listen(canvas, camera, {
      changed: this.redraw,
      hover: (x, y) => cards.point(this.workAt(x, y), x, y),
      leave: () => cards.point(null, 0, 0),
      click: (x, y) => this.select(this.workAt(x, y)),
      open: (x, y) => this.open(this.workAt(x, y)),
      key: (key) => this.pressed(key),
      isLoop: (event) => lasso.wants(event),
      loop: (kind, corner, event) => lasso.handle(kind, corner, event),
    });
    this.listenToButtons();
    new ResizeObserver(() => this.resize()).observe(stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = coloursOf(stage);
      this.redraw();
    });
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.prepareAgain());
    canvas.addEventListener("blur", () => (part("cross").hidden = true));
  }

  listenToButtons() {
    const actions = {
      in: () => zoomMiddle(this.camera, STEP),
      out: () => zoomMiddle(this.camera, 1 / STEP),
      all: () => this.camera.goHome(),
      lasso: () => this.lasso.toggle(),
    };
    for (const button of this.stage.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => [actions[button.dataset.do](), this.redraw()]);
    }
  }

  open(work) {
    if (work !== null) location.assign(this.addresses.cards(work).replace("/map/works/", "/works/"));
  }

  pressed(key) {
    part("cross").hidden = false;
    if (key === "Enter") this.enter();
    if (key !== "Escape") return;
    this.select(null);
    this.choose([]);
    this.lasso.end();
  }

  /** Select the work nearest to the middle, or open it if it is selected. */
  enter() {
    const { camera } = this;
    const reach = Math.max(camera.width, camera.height) / camera.scale / 2;
    const row = this.picking.nearest(camera.x, camera.y, reach);
    if (row < 0) return;
    if (this.data.works[row] === this.selected) this.cards.open();
    else this.select(this.data.works[row]);
  }

  async prepareAgain() {
    this.prepared = await prepare(this.canvas);
    this.use(this.data);
    this.restore();
  }
}
