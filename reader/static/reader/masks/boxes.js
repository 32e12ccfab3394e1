// Boxes as [left, top, right, bottom] fractions of the picture; every function returns a new one.

export const SMALLEST = 0.01;
const CORNER = 0.18;
export const CORNERS = {
  1: [0, 0, CORNER, CORNER],
  2: [1 - CORNER, 0, 1, CORNER],
  3: [0, 1 - CORNER, CORNER, 1],
  4: [1 - CORNER, 1 - CORNER, 1, 1],
};
export const CENTRE = [0.44, 0.44, 0.56, 0.56];

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export const spanning = ([x1, y1], [x2, y2]) => [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];

export const isBigEnough = ([left, top, right, bottom]) => right - left >= SMALLEST && bottom - top >= SMALLEST;

export function moved([left, top, right, bottom], dx, dy) {
  const x = clamp(dx, -left, 1 - right);
  const y = clamp(dy, -top, 1 - bottom);
  return [left + x, top + y, right + x, bottom + y];
}

export function resized([left, top, right, bottom], dx, dy) {
  return [left, top, clamp(right + dx, left + SMALLEST, 1), clamp(bottom + dy, top + SMALLEST, 1)];
}
