/** Shows the names of groups over the map: those of the first level from afar, those of the second from near. */

const NEAR_ZOOM = 3;
const MOST = 40; // labels at once
const ROOM_PX = 36_000; // square pixels of the map for each label, so that most works stay visible
const LINE_PX = 26;
const GAP_PX = 8; // between two names
const EDGE_PX = 12; // between a name and the edge of the map or its tools

/** tools: the buttons in the upper left corner, which no label may cover. */
export function createLabels(layer, tools, groups) {
  const named = groups.filter(({ name, size }) => name && size).sort((one, other) => other.size - one.size);
  const elements = new Map();
  const halves = new Map(); // half the width of each name in CSS pixels
  const corner = { right: tools.offsetLeft + tools.offsetWidth, bottom: tools.offsetTop + tools.offsetHeight };
  const hasParts = named.some(({ parent }) => parent !== null);

  function elementOf(group) {
    if (!elements.has(group)) {
      const element = document.createElement("span");
      element.className = group.parent === null ? "map__label" : "map__label map__label--part";
      element.textContent = group.name;
      layer.append(element);
      elements.set(group, element);
      halves.set(group, element.offsetWidth / 2);
    }
    return elements.get(group);
  }

  /**
   * Place the labels that belong to this zoom, as many as there is room for. A label that would cover the label of a
   * larger group is left out.
   */
  return function place(camera) {
    const isNear = hasParts && camera.zoom() >= NEAR_ZOOM;
    const most = Math.min(Math.round((camera.width * camera.height) / ROOM_PX), MOST);
    const taken = [];
    const shown = new Set();
    for (const group of named) {
      if ((group.parent !== null) !== isNear || shown.size >= most) continue;
      const [middle, y] = camera.toScreen(group.x, group.y);
      if (middle < 0 || y < 0 || middle > camera.width || y > camera.height) continue;
      const element = elementOf(group);
      const half = halves.get(group);
      const left = y < corner.bottom + LINE_PX / 2 ? corner.right : 0;
      const x = Math.max(Math.min(middle, camera.width - half - EDGE_PX), left + half + EDGE_PX);
      if (taken.some((one) => Math.abs(one.x - x) < one.half + half + GAP_PX && Math.abs(one.y - y) < LINE_PX)) continue;
      taken.push({ x, y, half });
      shown.add(group);
      element.hidden = false;
      element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%)`;
    }
    for (const [group, element] of elements) if (!shown.has(group)) element.hidden = true;
  };
}
