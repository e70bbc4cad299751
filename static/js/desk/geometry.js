/** Matrices of 3 x 3, as arrays of nine numbers, row by row. They map points of the plane by homogeneous coordinates. */

export const scaling = (x, y) => [x, 0, 0, 0, y, 0, 0, 0, 1];

export function multiply(a, b) {
  return a.map((_, place) => {
    const row = 3 * Math.floor(place / 3);
    const column = place % 3;
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
}

export function invert([a, b, c, d, e, f, g, h, i]) {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const adjugate = [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ];
  return adjugate.map((value) => value / determinant);
}

/** Returns the image of a point { x, y }. */
export function map([a, b, c, d, e, f, g, h, i], { x, y }) {
  const w = g * x + h * y + i;
  return { x: (a * x + b * y + c) / w, y: (d * x + e * y + f) / w };
}

/** Returns the 2 x 2 matrix [a, b, c, d] that a matrix is near a point. */
export function slope(matrix, point) {
  const step = 1e-4;
  const at = map(matrix, point);
  const right = map(matrix, { x: point.x + step, y: point.y });
  const down = map(matrix, { x: point.x, y: point.y + step });
  return [right.x - at.x, down.x - at.x, right.y - at.y, down.y - at.y].map((value) => value / step);
}

/** Returns the CSS transform of a matrix between pixels. The origin of the transform must be 0 0. */
export function css(matrix) {
  const [a, b, c, d, e, f, g, h] = matrix.map((value) => value / matrix[8]);
  const isAffine = Math.abs(g) < 1e-9 && Math.abs(h) < 1e-9;
  return isAffine ? `matrix(${[a, d, b, e, c, f]})` : `matrix3d(${[a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, 1]})`;
}

/** Returns the corners of the unit square, mapped, as a CSS polygon in per cent. */
export function outline(matrix) {
  const corners = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }, { x: 0, y: 1 }];
  return `polygon(${corners.map((corner) => map(matrix, corner)).map(({ x, y }) => `${100 * x}% ${100 * y}%`)})`;
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
