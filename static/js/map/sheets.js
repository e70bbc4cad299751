/** Fetches sheets of tiles when they are in view and their tiles can be seen, and keeps the last ones. */

const SEEN_PX = 5; // device pixels; smaller squares show their mean colour only
const MOST = 10; // sheets in the graphics memory, 21 MiB each with its smaller copies

export function createSheets(gl, twgl, data, address, changed) {
  const kept = new Map(); // by number, the one used longest ago first

  async function load({ number }, entry) {
    const image = new Image();
    image.src = address(data.overview, number);
    await image.decode(); // otherwise it would be decoded by createTexture, while the page waits
    if (kept.get(number) !== entry) return;
    entry.height = image.naturalHeight;
    entry.texture = twgl.createTexture(gl, {
      src: image,
      min: gl.LINEAR_MIPMAP_LINEAR,
      wrap: gl.CLAMP_TO_EDGE,
      maxLod: 3, // smaller copies would mix neighbouring tiles
      flipY: 0,
    });
    changed();
  }

  function request(sheet) {
    const entry = { texture: null, height: 1 };
    kept.set(sheet.number, entry);
    load(sheet, entry).catch(() => {}); // its works keep their mean colours
  }

  function dropOldest() {
    for (const [number, { texture }] of kept) {
      if (kept.size <= MOST) return;
      if (texture) gl.deleteTexture(texture);
      kept.delete(number);
    }
  }

  return {
    /** Return the texture of a sheet, or null until it is there. `sidePx`: device pixels of a work. */
    textureOf(sheet, sidePx) {
      if (sidePx < SEEN_PX && data.sheets.length > MOST) return null;
      if (!kept.has(sheet.number)) request(sheet);
      const entry = kept.get(sheet.number);
      kept.delete(sheet.number);
      kept.set(sheet.number, entry);
      dropOldest();
      return entry.texture;
    },
    uniformsOf(sheet) {
      if (!sheet) return { tile: 1, across: 1, sheetSize: [1, 1] };
      const height = kept.get(sheet.number)?.height ?? 1;
      return { tile: sheet.tile_px, across: data.side_px / sheet.tile_px, sheetSize: [data.side_px, height] };
    },
    forget() {
      for (const { texture } of kept.values()) if (texture) gl.deleteTexture(texture);
      kept.clear();
    },
  };
}
