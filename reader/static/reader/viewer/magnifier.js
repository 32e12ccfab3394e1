// A round loupe that follows the pointer; without one it stands in the middle of the first picture's pane.

import { contains, visible } from "./geometry.js";

export const WEAKEST = 2;
export const STRONGEST = 4;
const RADIUS = 120; // CSS pixels, less on a small stage
const RIM = "rgb(112, 112, 112)";
const ABOVE_FINGER = 150; // CSS pixels: a finger would cover it

export class Magnifier {
  constructor(stage) {
    this.on = false;
    this.power = WEAKEST + 0.5;
    this.pointer = null; // CSS pixels from the stage's corner
    this.rim = document.createElement("div");
    Object.assign(this.rim.style, {
      position: "absolute", borderRadius: "50%", border: `2px solid ${RIM}`, boxSizing: "border-box", pointerEvents: "none", display: "none",
    });
    stage.append(this.rim);
  }

  strengthen(factor) {
    this.power = Math.min(STRONGEST, Math.max(WEAKEST, this.power * factor));
  }

  // Where the pointer is, or null where it left; the loupe stands above a finger.
  follow(point, isFinger = false) {
    this.pointer = point && { x: point.x, y: point.y - (isFinger ? ABOVE_FINGER : 0) };
  }

  // The loupe as one more view on top of those of the panes.
  over(views, panes, { ratio, canvas }) {
    const view = this.on && views.length ? this.magnified(views, panes, ratio, canvas) : null;
    this.rim.style.display = view ? "block" : "none";
    if (view) this.moveRim(view.circle, ratio);
    return view ? [...views, view] : views;
  }

  magnified(views, panes, ratio, { width, height }) {
    const middle = { x: panes[0].left + panes[0].width / 2, y: panes[0].top + panes[0].height / 2 };
    const { x, y } = this.pointer ? { x: this.pointer.x * ratio, y: this.pointer.y * ratio } : middle;
    const place = Math.max(0, panes.findIndex((pane) => contains(pane, x, y)));
    const radius = Math.min(RADIUS * ratio, Math.min(panes[0].width, panes[0].height) / 4);
    const box = { left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius };
    const rect = enlarged(views[place].rect, x, y, this.power);
    return { ...views[place], rect, area: visible(box, { left: 0, top: 0, width, height }), circle: { x, y, radius } };
  }

  moveRim({ x, y, radius }, ratio) {
    const size = 2 * (radius / ratio + 1);
    Object.assign(this.rim.style, {
      left: `${x / ratio - size / 2}px`, top: `${y / ratio - size / 2}px`, width: `${size}px`, height: `${size}px`,
    });
  }
}

// The picture's place when enlarged about a point.
function enlarged({ left, top, width, height }, x, y, power) {
  return { left: x - (x - left) * power, top: y - (y - top) * power, width: width * power, height: height * power };
}
