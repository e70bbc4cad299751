/** The shaders of the map: each work is a square with its picture, or with its mean colour until the picture is there. */

export const VERTEX = `#version 300 es
in vec2 corner; // 0 to 1
in vec2 place; // 0 to 1 over the map
in vec4 tone; // colour; ratio of the sides
in float slot; // the place of the tile on its sheet
in float state; // 0 as usual, 1 dim, 2 chosen
uniform vec2 middle;
uniform vec2 viewport; // CSS pixels
uniform float scale;
uniform float side; // CSS pixels
uniform float tile; // pixels of the sheet
uniform float across; // tiles in a row of the sheet
uniform vec2 sheetSize; // pixels
out vec2 uv;
out vec2 inner;
flat out vec3 colour;
flat out float isTiled;
flat out float mode;
const float FRAME = 3.0; // CSS pixels around a chosen work
void main() {
  float ratio = exp2((tone.a * 255.0 - 128.0) / 48.0);
  vec2 shape = ratio > 1.0 ? vec2(1.0, 1.0 / ratio) : vec2(ratio, 1.0);
  vec2 size = max(shape * side, vec2(1.0));
  float frame = state > 1.5 ? FRAME : 0.0;
  vec2 px = (place - middle) * scale + (corner - 0.5) * (size + 2.0 * frame);
  gl_Position = vec4(px / viewport * vec2(2.0, -2.0), 0.0, 1.0);
  inner = (corner * (size + 2.0 * frame) - frame) / size;
  vec2 start = vec2(mod(slot, across), floor(slot / across)) * tile;
  uv = (start + mix(vec2(0.5), max(shape * tile - 0.5, vec2(0.5)), inner)) / sheetSize;
  colour = tone.rgb;
  isTiled = slot < 65534.5 ? 1.0 : 0.0;
  mode = state;
}`;

export const FRAGMENT = `#version 300 es
precision mediump float;
in vec2 uv;
in vec2 inner;
flat in vec3 colour;
flat in float isTiled;
flat in float mode;
uniform sampler2D sheet;
uniform float hasSheet;
uniform vec3 paper;
uniform vec3 accent;
out vec4 result;
void main() {
  vec3 shown = mix(colour, texture(sheet, uv).rgb, hasSheet * isTiled);
  if (any(lessThan(inner, vec2(0.0))) || any(greaterThan(inner, vec2(1.0)))) shown = accent;
  if (mode > 0.5 && mode < 1.5) shown = mix(paper, shown, 0.14);
  result = vec4(shown, 1.0);
}`;
