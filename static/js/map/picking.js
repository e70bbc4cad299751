/** Finds works by place: a grid of buckets over the map, in typed arrays. */

import { placeOf } from "./points.js";

export function createPicking(data) {
  const across = Math.max(Math.ceil(Math.sqrt(data.count / 2)), 1);
  const bucketOf = (value) => Math.min(Math.max(Math.floor(value * across), 0), across - 1);
  const starts = new Uint32Array(across * across + 1);
  const buckets = new Uint32Array(data.count);
  for (let row = 0; row < data.count; row++) {
    const [x, y] = placeOf(data, row);
    buckets[row] = bucketOf(y) * across + bucketOf(x);
    starts[buckets[row] + 1]++;
  }
  for (let bucket = 0; bucket < across * across; bucket++) starts[bucket + 1] += starts[bucket];
  const next = starts.slice();
  const rows = new Uint32Array(data.count);
  for (let row = 0; row < data.count; row++) rows[next[buckets[row]]++] = row;

  /** Call `visit` with each row in a rectangle of the map, and its place. */
  function within(left, top, right, bottom, visit) {
    for (let by = bucketOf(top); by <= bucketOf(bottom); by++) {
      const end = starts[by * across + bucketOf(right) + 1];
      for (let at = starts[by * across + bucketOf(left)]; at < end; at++) {
        const [x, y] = placeOf(data, rows[at]);
        if (x >= left && x <= right && y >= top && y <= bottom) visit(rows[at], x, y);
      }
    }
  }

  return {
    /** Return the rows in a rectangle of the map, the nearest to its middle first, or none if there are more than `most`. */
    inView(left, top, right, bottom, most) {
      const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
      const found = [];
      within(left, top, right, bottom, (row, x, y) => found.push([row, (x - middleX) ** 2 + (y - middleY) ** 2]));
      if (found.length > most) return [];
      return found.sort((one, other) => one[1] - other[1]).map(([row]) => row);
    },
    /** Return the row whose place is nearest to (x, y) and at most `reach` away on both axes, or -1. */
    nearest(x, y, reach) {
      let best = -1;
      let least = Infinity;
      within(x - reach, y - reach, x + reach, y + reach, (row, rowX, rowY) => {
        const away = (rowX - x) ** 2 + (rowY - y) ** 2;
        if (away < least) [best, least] = [row, away];
      });
      return best;
    },
    /** Return the rows in a loop of [x, y], by the rule of even and odd crossings. */
    inLoop(loop) {
      const xs = loop.map(([x]) => x);
      const ys = loop.map(([, y]) => y);
      const found = [];
      within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (row, x, y) => {
        if (isInside(loop, x, y)) found.push(row);
      });
      return found;
    },
  };
}

function isInside(loop, x, y) {
  let inside = false;
  for (let one = 0, before = loop.length - 1; one < loop.length; before = one++) {
    const [ax, ay] = loop[one];
    const [bx, by] = loop[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
