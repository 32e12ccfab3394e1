// What mouse, pen, fingers and trackpad do on the stage. The room's keys come by commands instead.
//
// One pointer drags: its primary button does what `tool` says ("mark" leaves it to the room), the middle or secondary
// one, or the primary one with the space bar held, moves the picture. Two fingers zoom and move. The wheel, a scroll by
// two fingers on a trackpad and a pinch on one zoom to the cursor; with the magnifier on, the wheel sets its power.

import { holdSpace } from "./space.js";
import { Taps } from "./taps.js";

const SLOP = 3; // CSS pixels before a press becomes a drag
const WHEEL = 0.0016; // zoom for each CSS pixel of scroll, in powers of e
const PINCH = 0.01; // a trackpad's pinch scrolls less
const LINE = 40; // CSS pixels, for wheels that count lines
const MOST = 120; // CSS pixels of one event, or a quick wheel jumps

export function listen(stage, viewer) {
  const gestures = new Gestures(stage, viewer);
  Object.assign(stage.style, { touchAction: "none", userSelect: "none", webkitUserSelect: "none" });
  for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"])
    stage.addEventListener(kind, (event) => gestures[kind](event));
  stage.addEventListener("wheel", (event) => gestures.wheel(event), { passive: false });
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  listenToSafari(stage, viewer);
}

// Safari tells of a trackpad's pinch by events of its own.
function listenToSafari(stage, viewer) {
  let before = 1;
  stage.addEventListener("gesturestart", (event) => {
    event.preventDefault();
    before = 1;
  });
  stage.addEventListener("gesturechange", (event) => {
    event.preventDefault();
    viewer.zoomAt(event.clientX, event.clientY, event.scale / before);
    before = event.scale;
  });
}

class Gestures {
  constructor(stage, viewer) {
    this.stage = stage;
    this.viewer = viewer;
    this.space = holdSpace();
    this.taps = new Taps((x, y) => viewer.toggleActualAt(x, y));
    this.fingers = new Map();
    this.drag = null;
    this.pinch = null;
  }

  pointerdown(event) {
    if (event.button === 1) event.preventDefault(); // no autoscroll
    const isFinger = event.pointerType === "touch";
    if (isFinger) this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const kind = this.fingers.size > 1 ? null : this.kindOf(event);
    this.drag = kind && { kind, id: event.pointerId, x: event.clientX, y: event.clientY, begun: false };
    this.beginPinch();
    if (isFinger) this.taps.down(event, this.fingers.size === 1 && this.viewer.tool !== "mark");
    if (kind || this.fingers.size > 1) this.stage.setPointerCapture(event.pointerId);
    this.point(event);
  }

  kindOf(event) {
    if (event.button === 1 || event.button === 2) return "pan";
    if (event.button !== 0) return null;
    if (this.space.held) return "pan";
    if (this.viewer.tool === "mark") return null;
    return event.pointerType === "touch" && this.viewer.magnifying ? "magnifier" : this.viewer.tool;
  }

  pointermove(event) {
    this.point(event);
    this.taps.move(event);
    const isFinger = this.fingers.has(event.pointerId);
    if (isFinger) this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (isFinger && this.pinch) this.viewer.pinch(this.pinch, this.spread());
    else if (this.drag?.id === event.pointerId) this.dragTo(event);
  }

  dragTo(event) {
    const { drag, viewer } = this;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.begun && Math.hypot(dx, dy) < SLOP) return;
    Object.assign(drag, { begun: true, x: event.clientX, y: event.clientY });
    if (this.space.held) this.space.used();
    if (drag.kind === "pan") viewer.commands.pan(dx, dy);
    if (drag.kind === "window") viewer.dragWindow(dx, dy);
  }

  // From where two fingers began: reckoned from there, it does not matter how many steps the browser tells.
  beginPinch() {
    this.pinch = this.fingers.size === 2 ? { view: this.viewer.state, ...this.spread() } : null;
  }

  // The middle of two fingers, and how far they are apart.
  spread() {
    const [one, other] = [...this.fingers.values()];
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  }

  pointerup(event) {
    if (this.fingers.delete(event.pointerId)) this.taps.up(event);
    this.beginPinch();
    if (this.drag?.id === event.pointerId) this.drag = null;
  }

  pointercancel(event) {
    this.taps.forget();
    this.pointerup(event);
  }

  pointerleave(event) {
    // A lifted finger leaves the loupe where it was.
    if (event.pointerType !== "touch") this.viewer.pointAt(null);
  }

  point(event) {
    this.viewer.pointAt(event.clientX, event.clientY, event.pointerType === "touch");
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? LINE : 1);
    const factor = Math.exp(-Math.min(MOST, Math.max(-MOST, pixels)) * (event.ctrlKey ? PINCH : WHEEL));
    if (this.viewer.magnifying && !event.ctrlKey) this.viewer.commands.magnifierPower(factor);
    else this.viewer.zoomAt(event.clientX, event.clientY, factor);
  }
}
