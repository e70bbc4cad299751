/** Fetches the works of the map and decodes them: see similarity/groups/maps/points.py. */

const COLUMNS = [
  ["works", Float64Array, 1],
  ["pictures", Float64Array, 1],
  ["x", Uint16Array, 1],
  ["y", Uint16Array, 1],
  ["first", Uint16Array, 1], // group of the first level: 1 for the first of data.groups, 0 for none
  ["second", Uint16Array, 1],
  ["slots", Uint16Array, 1],
  ["tones", Uint8Array, 4],
];

export const NO_SLOT = 65535;
const LARGEST = 65535;

/** Return the columns of all works with the fields of the header. Throw an error without a map or a network. */
export async function fetchPoints(address) {
  const response = await fetch(address, { cache: "no-cache" });
  if (!response.ok) throw new Error(`The map answered ${response.status}.`);
  return { ...decode(await response.arrayBuffer()), etag: response.headers.get("ETag") };
}

export function decode(bytes) {
  const length = new DataView(bytes).getUint32(0, true);
  const data = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  let offset = 4 + length;
  for (const [name, Kind, width] of COLUMNS) {
    data[name] = new Kind(bytes, offset, data.count * width);
    offset += data.count * width * Kind.BYTES_PER_ELEMENT;
  }
  return data;
}

/** Return the row of each work by its id. */
export function rowsById(data) {
  const rows = new Map();
  data.works.forEach((work, row) => rows.set(work, row));
  return rows;
}

/** Return the range of all works as a middle and a size, with room for the outermost works. */
export function boundsOf(data) {
  const range = (values) => values.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [LARGEST, 0]);
  const [[left, right], [top, bottom]] = [range(data.x), range(data.y)];
  const [x, y] = [(left + right) / 2 / LARGEST, (top + bottom) / 2 / LARGEST];
  const room = 2 / data.cells;
  return { x, y, width: (right - left) / LARGEST + room, height: (bottom - top) / LARGEST + room };
}

/** Return the place of a row on the map: x and y, 0 to 1. */
export function placeOf(data, row) {
  return [data.x[row] / LARGEST, data.y[row] / LARGEST];
}
