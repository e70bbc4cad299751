/** Shows the names of groups over the map: those of the first level from afar, those of the second from near. */

const NEAR_ZOOM = 3;
const MOST = 40; // labels at once
const LINE_PX = 22;
const CHAR_PX = 7.5;
const EDGE_PX = 12; // between a name and the edge of the map

export function createLabels(layer, groups) {
  const named = groups.filter(({ name, size }) => name && size).sort((one, other) => other.size - one.size);
  const elements = new Map();
  const hasParts = named.some(({ parent }) => parent !== null);

  function elementOf(group) {
    if (!elements.has(group)) {
      const element = document.createElement("span");
      element.className = group.parent === null ? "map__label" : "map__label map__label--part";
      element.textContent = group.name;
      layer.append(element);
      elements.set(group, element);
    }
    return elements.get(group);
  }

  /** Place the labels that belong to this zoom. A label that would cover a larger group's label is left out. */
  return function place(camera) {
    const isNear = hasParts && camera.zoom() >= NEAR_ZOOM;
    const taken = [];
    const shown = new Set();
    for (const group of named) {
      if ((group.parent !== null) !== isNear || shown.size >= MOST) continue;
      const [middle, y] = camera.toScreen(group.x, group.y);
      const half = (group.name.length * CHAR_PX) / 2;
      if (middle < -half || y < 0 || middle > camera.width + half || y > camera.height) continue;
      const x = Math.max(Math.min(middle, camera.width - half - EDGE_PX), half + EDGE_PX);
      if (taken.some((one) => Math.abs(one.x - x) < one.half + half && Math.abs(one.y - y) < LINE_PX)) continue;
      taken.push({ x, y, half });
      shown.add(group);
      const element = elementOf(group);
      element.hidden = false;
      element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%)`;
    }
    for (const [group, element] of elements) if (!shown.has(group)) element.hidden = true;
  };
}
