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

const NEAR_MOST = 400; // works in view from which larger pictures are requested
const WORK_PX = 90; // side of a work that the address names

/** Return the view, or null without WebGL 2. `elements`: page, stage and the addresses of pictures. */
export async function createView({ page, stage, addresses }, first) {
  const part = (name) => document.getElementById(`map-${name}`);
  const canvas = part("canvas");
  let prepared = await prepare(canvas);
  if (!prepared) return null;
  let [data, picking, rows, states, drawing, labels] = [];
  let colours = coloursOf(stage);
  let frame = 0;
  let selected = null; // the id of a work
  let matching = null; // the ids of the works that match the filters, or null for all
  const group = Number(page.dataset.group) || null;
  const camera = createCamera(first.cells, boundsOf(first));
  const cards = createCards(part("hover"), part("card"), addresses.cards, (work) => select(work));
  const chosen = createChosen(part("set"), Number(page.dataset.most), () => choose([]));
  const lasso = createLasso(part("loop"), camera, stage.querySelector("[data-do=lasso]"), (loop) =>
    choose(picking.inLoop(loop).map((row) => data.works[row])),
  );

  function use(found) {
    drawing?.forget();
    data = found;
    [picking, rows] = [createPicking(data), rowsById(data)];
    states = createStates(data, rows);
    part("labels").replaceChildren();
    labels = createLabels(part("labels"), part("tools"), data.groups);
    drawing = createDrawing(prepared, data, states.values, addresses, redraw);
  }

  /** Draw the set, the filters, the group and the selection again after `use`, as far as their works are there. */
  function restore() {
    states.keep(matching);
    states.keepGroup(group);
    choose(chosen.all().filter((id) => rows.has(id)));
    if (!rows.has(selected)) select(null);
    states.select(selected);
    update();
  }

  function redraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function draw(nowMs) {
    frame = 0;
    const isMoving = camera.step(nowMs);
    const side = sideOf(camera, data.cells, data.count);
    drawing.frame(camera, side, isMoving ? [] : rowsInFront(side), colours);
    labels(camera);
    placeAt(part("pin"), camera, page.dataset.searched === undefined ? null : [page.dataset.x, page.dataset.y]);
    if (isMoving) redraw();
    else address.write(camera, () => ({ work: selected, works: chosen.inAddress() }));
  }

  /** Return the rows in view, the nearest to the middle first, if their tiles are too coarse and they are few. */
  function rowsInFront(side) {
    if (drawing.isSharpEnough(side)) return [];
    const [left, top] = camera.toMap(-side, -side);
    const [right, bottom] = camera.toMap(camera.width + side, camera.height + side);
    const found = [];
    picking.within(left, top, right, bottom, (row, x, y) => found.push([row, (x - camera.x) ** 2 + (y - camera.y) ** 2]));
    if (found.length > NEAR_MOST) return [];
    return found.sort((one, other) => one[1] - other[1]).map(([row]) => row);
  }

  function workAt(px, py) {
    const reach = Math.max(sideOf(camera, data.cells, data.count) / 2, 8) / camera.scale;
    const row = picking.nearest(...camera.toMap(px, py), reach);
    return row < 0 ? null : data.works[row];
  }

  function select(work) {
    selected = work;
    states.select(work);
    cards.point(null, 0, 0);
    cards.show(work);
    update();
  }

  function choose(works) {
    states.choose(works);
    chosen.show(works);
    update();
  }

  function update() {
    states.apply();
    drawing.update();
    redraw();
  }

  function resize() {
    const { clientWidth, clientHeight } = stage;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (canvas.width === width && canvas.height === height) return; // setting a size clears the canvas
    [canvas.width, canvas.height] = [width, height];
    camera.resize(clientWidth, clientHeight);
    redraw();
  }

  function pressed(key) {
    part("cross").hidden = false;
    if (key === "Escape") {
      select(null);
      choose([]);
      lasso.end();
    } else if (key === "Enter") {
      const reach = Math.max(camera.width, camera.height) / camera.scale / 2;
      const row = picking.nearest(camera.x, camera.y, reach);
      if (row < 0) return;
      if (data.works[row] === selected) cards.open();
      else select(data.works[row]);
    }
  }

  /** Go to the place, the work, the group or the set of the address. */
  function begin() {
    const { x, y, zoom, work, works } = page.dataset;
    camera.resize(stage.clientWidth, stage.clientHeight);
    const near = Math.max((WORK_PX * data.cells) / camera.fit, 1);
    if (x) camera.go(Number(x), Number(y), Number(zoom) || near / (work ? 1 : 3), true);
    if (works) choose(works.split(",").map(Number).filter((id) => rows.has(id))); // prettier-ignore
    states.keepGroup(group);
    if (group && !x) goToGroup(group);
    if (work) select(Number(work));
    update();
    if (page.dataset.filtered !== undefined) filter();
  }

  function goToGroup(number) {
    const group = data.groups.find((one) => one.number === number);
    if (group) camera.go(group.x, group.y, 2.5, true);
  }

  async function filter() {
    const response = await fetch(page.dataset.matches, { cache: "no-cache" });
    if (!response.ok) return;
    matching = (await response.json()).works;
    states.keep(matching);
    update();
  }

  use(first);
  listen(canvas, camera, {
    changed: redraw,
    hover: (x, y) => cards.point(workAt(x, y), x, y),
    leave: () => cards.point(null, 0, 0),
    click: (x, y) => select(workAt(x, y)),
    open(x, y) {
      const work = workAt(x, y);
      if (work !== null) location.assign(addresses.cards(work).replace("/map/works/", "/works/"));
    },
    key: pressed,
    isLoop: (event) => lasso.wants(event),
    loop: (kind, corner, event) => lasso.handle(kind, corner, event),
  });
  const actions = {
    in: () => zoomMiddle(camera, STEP),
    out: () => zoomMiddle(camera, 1 / STEP),
    all: () => camera.goHome(),
    lasso: () => lasso.toggle(),
  };
  for (const button of stage.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => [actions[button.dataset.do](), redraw()]);
  }
  new ResizeObserver(resize).observe(stage);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [(colours = coloursOf(stage)), redraw()]);
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", async () => {
    prepared = await prepare(canvas);
    use(data);
    restore();
  });
  canvas.addEventListener("blur", () => (part("cross").hidden = true));
  begin();
  resize();
  return {
    /** Take over newer data. The view, the selection and the set stay as far as their works are there. */
    replace(found) {
      use(found);
      restore();
      if (page.dataset.filtered !== undefined) filter();
    },
  };
}
