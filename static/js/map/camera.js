/** What the canvas shows: the place in its middle, and how many CSS pixels the map is wide. */

const MARGIN = 0.92; // share of the canvas that all works fill
const CLOSEST_CELL_PX = 150;
const LAST = 1e-3; // a movement ends when this share of it is left
const MOVE_S = 0.3;

/** `bounds`: the range of all works, as middle and size. */
export function createCamera(cells, bounds) {
  const camera = { x: bounds.x, y: bounds.y, scale: 500, width: 1, height: 1, fit: 500 };
  const largest = () => Math.max(CLOSEST_CELL_PX * cells, camera.fit);
  let movement = null;

  /** Keep the middle on the map, and the scale between the whole map and one work. */
  function limit() {
    camera.scale = Math.min(Math.max(camera.scale, camera.fit), largest());
    camera.x = Math.min(Math.max(camera.x, 0), 1);
    camera.y = Math.min(Math.max(camera.y, 0), 1);
  }

  return Object.assign(camera, {
    /** Take over the size of the canvas in CSS pixels. The zoom stays. */
    resize(width, height) {
      const zoom = camera.scale / camera.fit;
      Object.assign(camera, { width, height, fit: Math.min(width / bounds.width, height / bounds.height) * MARGIN });
      camera.scale = camera.fit * zoom;
      limit();
    },
    zoom: () => camera.scale / camera.fit,
    isAtHome: () => camera.scale < camera.fit * 1.02 && Math.hypot(camera.x - bounds.x, camera.y - bounds.y) < 0.02,
    goHome: () => camera.go(bounds.x, bounds.y, 1),
    toScreen: (x, y) => [
      (x - camera.x) * camera.scale + camera.width / 2,
      (y - camera.y) * camera.scale + camera.height / 2,
    ],
    toMap: (px, py) => [
      (px - camera.width / 2) / camera.scale + camera.x,
      (py - camera.height / 2) / camera.scale + camera.y,
    ],
    pan(dx, dy) {
      movement = null;
      camera.x -= dx / camera.scale;
      camera.y -= dy / camera.scale;
      limit();
    },
    /** Change the scale by a factor. The place under (px, py) stays where it is. */
    zoomAt(factor, px, py) {
      movement = null;
      const [x, y] = camera.toMap(px, py);
      camera.scale *= factor;
      limit();
      camera.x = x - (px - camera.width / 2) / camera.scale;
      camera.y = y - (py - camera.height / 2) / camera.scale;
      limit();
    },
    /** Go to a place, at once if the person wants no motion. */
    go(x, y, zoom, isAtOnce = matchMedia("(prefers-reduced-motion: reduce)").matches) {
      movement = { from: [camera.x, camera.y, camera.scale], to: [x, y, camera.fit * zoom], since: null };
      if (isAtOnce) camera.step(Infinity);
    },
    /** Continue a movement. Return true while it goes on. */
    step(nowMs) {
      if (!movement) return false;
      movement.since ??= nowMs;
      const share = nowMs === Infinity ? 1 : Math.min((nowMs - movement.since) / 1000 / MOVE_S, 1);
      const eased = 1 - (1 - share) ** 3;
      const [x, y, scale] = movement.from.map((start, axis) =>
        axis === 2 ? start * (movement.to[2] / start) ** eased : start + (movement.to[axis] - start) * eased,
      );
      Object.assign(camera, { x, y, scale });
      limit();
      if (1 - share < LAST) movement = null;
      return movement !== null;
    },
  });
}

/** Return the side of a work's square in CSS pixels. Far away it is larger than its cell, so that pictures are seen. */
export function sideOf(camera, cells, count) {
  const least = Math.min(Math.max((0.62 * camera.fit) / Math.sqrt(Math.max(count, 1)), 2.5), 26);
  return Math.max((camera.scale / cells) * 0.94, least);
}
