/** Draws the map with WebGL: one call for each sheet in view, and one for the larger pictures in front. */

import * as twgl from "../../vendor/twgl/twgl-full.module.js";
import { FRAGMENT, VERTEX } from "./shaders.js";
import { createSheets } from "./sheets.js";
import { createThumbs } from "./thumbs.js";

const CORNERS = [0, 0, 1, 0, 0, 1, 1, 1];

/** Return the context of this canvas with its shaders, which are compiled in the background, or null without WebGL 2. */
export async function prepare(canvas) {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "low-power" });
  return gl && { gl, program: await twgl.createProgramInfoAsync(gl, [VERTEX, FRAGMENT]) };
}

/** Return the renderer. `prepared`: from `prepare`. `changed` is called when a picture has arrived. */
export function createDrawing({ gl, program }, data, states, addresses, changed) {
  const { canvas } = gl;
  const blank = twgl.createTexture(gl, { src: [128, 128, 128, 255], width: 1, height: 1 });
  const sheets = createSheets(gl, twgl, data, addresses.sheets, changed);
  const thumbs = createThumbs(gl, twgl, data, addresses.pictures, changed);
  const chunks = chunksOf(data).map((chunk) => ({ ...chunk, ...boundsOf(data, chunk), ...upload(chunk) }));
  const near = nearBuffers();

  function upload({ start, end }) {
    const place = new Uint16Array(2 * (end - start));
    for (let row = start; row < end; row++) place.set([data.x[row], data.y[row]], 2 * (row - start));
    return buffersOf(place, data.tones.subarray(4 * start, 4 * end), data.slots.subarray(start, end),
      states.subarray(start, end)); // prettier-ignore
  }

  function buffersOf(place, tone, slot, state) {
    const each = { divisor: 1, drawType: gl.DYNAMIC_DRAW };
    const buffers = twgl.createBufferInfoFromArrays(gl, {
      corner: { numComponents: 2, data: new Float32Array(CORNERS) },
      place: { numComponents: 2, data: place, normalize: true, ...each },
      tone: { numComponents: 4, data: tone, normalize: true, ...each },
      slot: { numComponents: 1, data: slot, normalize: false, ...each },
      state: { numComponents: 1, data: state, normalize: false, ...each },
    });
    return { buffers, array: twgl.createVertexArrayInfo(gl, program, buffers) };
  }

  function nearBuffers() {
    const most = thumbs.most;
    const made = { place: new Uint16Array(2 * most), tone: new Uint8Array(4 * most), slot: new Uint16Array(most) };
    return { ...made, state: new Uint8Array(most), ...buffersOf(made.place, made.tone, made.slot, new Uint8Array(most)) };
  }

  function draw({ buffers, array }, count, texture, uniforms) {
    gl.bindVertexArray(array.vertexArrayObject);
    twgl.setUniforms(program, { ...uniforms, sheet: texture ?? blank, hasSheet: texture ? 1 : 0 });
    twgl.drawBufferInfo(gl, buffers, gl.TRIANGLE_STRIP, 4, 0, count);
  }

  /** Draw the larger pictures of these rows, as far as they have arrived. */
  function drawNear(rows, common) {
    const shown = thumbs.ready(rows);
    shown.forEach(([row, slot], at) => {
      near.place.set([data.x[row], data.y[row]], 2 * at);
      near.tone.set(data.tones.subarray(4 * row, 4 * row + 4), 4 * at);
      near.slot[at] = slot;
      near.state[at] = states[row];
    });
    for (const name of ["place", "tone", "slot", "state"]) {
      twgl.setAttribInfoBufferFromArray(gl, near.buffers.attribs[name], near[name]);
    }
    if (shown.length) draw(near, shown.length, thumbs.texture, { ...common, ...thumbs.uniforms });
  }

  return {
    /** Copy the states of all works to the graphics memory. */
    update() {
      for (const { buffers, start, end } of chunks) {
        twgl.setAttribInfoBufferFromArray(gl, buffers.attribs.state, states.subarray(start, end));
      }
    },
    /** Draw one frame. `nearRows`: rows whose larger pictures are wanted, the most wanted first. */
    frame(camera, side, nearRows, colours) {
      const ratio = canvas.width / camera.width;
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(...colours.paper, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.useProgram(program.program);
      const viewport = [camera.width, camera.height];
      const common = { middle: [camera.x, camera.y], viewport, scale: camera.scale, side, ...colours };
      const [left, top] = camera.toMap(-side, -side);
      const [right, bottom] = camera.toMap(camera.width + side, camera.height + side);
      for (const chunk of chunks) {
        if (chunk.left > right || chunk.right < left || chunk.top > bottom || chunk.bottom < top) continue;
        const texture = chunk.sheet ? sheets.textureOf(chunk.sheet, side * ratio) : null;
        draw(chunk, chunk.end - chunk.start, texture, { ...common, ...sheets.uniformsOf(chunk.sheet) });
      }
      if (nearRows.length) drawNear(nearRows, common);
    },
    forget: () => [sheets, thumbs].forEach((one) => one.forget()),
    isSharpEnough: (side) => side * (canvas.width / canvas.clientWidth) <= (data.sheets[0]?.tile_px ?? 0) * 1.1,
  };
}

/** Return the ranges of rows that share a sheet, and the range of the works without one. */
function chunksOf(data) {
  const chunks = data.sheets.map((sheet) => ({ sheet, start: sheet.start, end: sheet.end }));
  chunks.push({ sheet: null, start: data.sheets.at(-1)?.end ?? 0, end: data.count });
  return chunks.filter(({ start, end }) => end > start);
}

function boundsOf(data, { start, end }) {
  const bounds = { left: 1, top: 1, right: 0, bottom: 0 };
  for (let row = start; row < end; row++) {
    const [x, y] = [data.x[row] / 65535, data.y[row] / 65535];
    Object.assign(bounds, { left: Math.min(bounds.left, x), right: Math.max(bounds.right, x) });
    Object.assign(bounds, { top: Math.min(bounds.top, y), bottom: Math.max(bounds.bottom, y) });
  }
  return bounds;
}
