/** Fetches single pictures of works in view, and keeps the last ones in one texture. */

const SLOT_PX = 128;
const ACROSS = 32;
const DOWN = 16;
const MOST = ACROSS * DOWN;
const AT_ONCE = 8; // requests

export function createThumbs(gl, twgl, data, address, changed) {
  let texture = null; // made when the first picture arrives, as it takes 32 MiB
  const slots = new Map(); // by row, the one used longest ago first: a slot, or null while or if there is no picture
  const free = Array.from({ length: MOST }, (_, slot) => slot);
  let waiting = [];
  let running = 0;

  function make() {
    const made = twgl.createTexture(gl, {
      width: ACROSS * SLOT_PX, height: DOWN * SLOT_PX, minMag: gl.LINEAR, wrap: gl.CLAMP_TO_EDGE, auto: false,
    }); // prettier-ignore
    return made;
  }

  async function load(row) {
    const response = await fetch(address(data.pictures[row]));
    if (!response.ok) return;
    const bitmap = await createImageBitmap(await response.blob());
    const factor = SLOT_PX / Math.max(bitmap.width, bitmap.height);
    const size = [bitmap.width, bitmap.height].map((side) => Math.max(Math.round(side * factor), 1));
    const small = await createImageBitmap(bitmap, { resizeWidth: size[0], resizeHeight: size[1], resizeQuality: "high" });
    const slot = free.pop() ?? takeOldest();
    if (slot === undefined || !slots.has(row)) return;
    texture ??= make();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    const corner = [(slot % ACROSS) * SLOT_PX, Math.floor(slot / ACROSS) * SLOT_PX];
    gl.texSubImage2D(gl.TEXTURE_2D, 0, ...corner, gl.RGBA, gl.UNSIGNED_BYTE, small);
    slots.set(row, slot);
    changed();
  }

  function takeOldest() {
    for (const [row, slot] of slots) {
      if (slot === null) continue;
      slots.delete(row);
      return slot;
    }
    return undefined;
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      const row = waiting.shift();
      slots.set(row, null);
      running++;
      load(row)
        .catch(() => {}) // the work keeps its tile; nothing else depends on this picture
        .finally(() => {
          running--;
          next();
        });
    }
  }

  return {
    most: MOST,
    get texture() {
      return texture;
    },
    uniforms: { tile: SLOT_PX, across: ACROSS, sheetSize: [ACROSS * SLOT_PX, DOWN * SLOT_PX] },
    /** Request the pictures of these rows. Return [row, slot] of those that have arrived. */
    ready(rows) {
      const wanted = rows.slice(0, MOST);
      waiting = wanted.filter((row) => !slots.has(row) && data.pictures[row] > 0);
      const found = [];
      for (const row of wanted) {
        const slot = slots.get(row);
        if (slot === undefined) continue;
        slots.delete(row);
        slots.set(row, slot);
        if (slot !== null) found.push([row, slot]);
      }
      next();
      return found;
    },
    forget() {
      if (texture) gl.deleteTexture(texture);
      waiting = [];
      slots.clear();
    },
  };
}
