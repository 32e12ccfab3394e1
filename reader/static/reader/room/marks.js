// Marks where an image looks generated: points and boxes as fractions of the picture at one place on screen.

const MOST = 50;
const SMALLEST = 0.005; // a box with a shorter side is a slip of the hand
const PRECISION = 1e4;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const rounded = (value) => Math.round(value * PRECISION) / PRECISION;
const percent = (fraction) => `${Math.round(fraction * 100)} %`;

export const within = (fraction) => rounded(clamp(fraction, 0, 1));

export const isBox = (mark) => mark.w > 0;

export const pointAt = ({ place, x, y }) => ({ place, x: within(x), y: within(y), w: 0, h: 0, reason: "" });

// The box between two corners, or null where it would be no more than a point.
export function boxBetween(one, other) {
  const [left, right] = [one.x, other.x].map(within).sort((a, b) => a - b);
  const [top, bottom] = [one.y, other.y].map(within).sort((a, b) => a - b);
  const box = { place: one.place, x: left, y: top, w: rounded(right - left), h: rounded(bottom - top), reason: "" };
  return box.w < SMALLEST || box.h < SMALLEST ? null : box;
}

export const movedBy = ({ x, y, w, h }, dx, dy) => ({ x: rounded(clamp(x + dx, 0, 1 - w)), y: rounded(clamp(y + dy, 0, 1 - h)) });

export function grownBy(mark, dx, dy) {
  if (!isBox(mark)) return {};
  return { w: rounded(clamp(mark.w + dx, SMALLEST, 1 - mark.x)), h: rounded(clamp(mark.h + dy, SMALLEST, 1 - mark.y)) };
}

export const inWords = (mark) => `${isBox(mark) ? "box" : "point"}, ${percent(mark.x)} from the left, ${percent(mark.y)} from the top`;

export class Marks {
  constructor(onChange) {
    this.all = [];
    this.onChange = onChange;
  }

  get full() {
    return this.all.length >= MOST;
  }

  add(mark) {
    this.set([...this.all, mark]);
  }

  remove(mark) {
    this.set(this.all.filter((other) => other !== mark));
  }

  change(mark, part) {
    Object.assign(mark, part);
    this.set(this.all);
  }

  set(marks) {
    this.all = marks;
    this.onChange();
  }
}
