// How mouse, pen, finger and keyboard draw marks while marking is on.

import { boxBetween, grownBy, movedBy, pointAt, within } from "./marks.js";

const SLOP = 4; // CSS pixels before a press becomes a box
const STEP = 8; // CSS pixels of one arrow key
const PLAIN_BOX = 0.1; // of the picture's side, where a box is set without having been spanned
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class MarksHands {
  // `kind`: "point", "box" or "both". `tool` has the marks and the overlay, and hears of drafts and of the crosshair.
  constructor({ kind, viewer, stage, tool }) {
    Object.assign(this, { kind, viewer, stage, tool, pointers: new Set(), press: null, cursor: null, anchor: null });
    this.byKeyboard = true; // else no crosshair is shown: the pointer is one
    for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
      stage.addEventListener(type, (event) => tool.active && this[type](event));
    tool.overlay.svg.addEventListener("keydown", (event) => this.keydown(event));
  }

  // ---- mouse, pen and finger

  pointerdown(event) {
    this.pointers.add(event.pointerId);
    if (this.pointers.size > 1) this.dropPress(); // a second finger zooms
    // What the viewer took, such as a drag with the space bar held, is the viewer's.
    else if (event.button === 0 && !this.stage.hasPointerCapture(event.pointerId)) this.begin(event);
  }

  begin(event) {
    const start = this.viewer.toPicture(event.clientX, event.clientY);
    if (!start) return;
    this.byKeyboard = false;
    this.press = { start, last: start, x: event.clientX, y: event.clientY, drag: false, mark: this.tool.overlay.markOf(event.target) };
    this.stage.setPointerCapture(event.pointerId);
  }

  pointermove(event) {
    const { press } = this;
    if (!press) return;
    press.drag ||= Math.hypot(event.clientX - press.x, event.clientY - press.y) > SLOP;
    if (press.drag) this.dragTo(this.nearest(press.start.place, event.clientX, event.clientY));
  }

  dragTo(at) {
    const { press } = this;
    if (press.mark) this.tool.marks.change(press.mark, movedBy(press.mark, at.x - press.last.x, at.y - press.last.y));
    else if (this.kind !== "point") this.tool.sketch(boxBetween(press.start, at));
    press.last = at;
  }

  pointerup(event) {
    this.pointers.delete(event.pointerId);
    const { press } = this;
    if (!press) return;
    this.dropPress();
    this.cursor = this.anchor = press.last;
    if (press.mark) this.tool.overlay.focusOn(press.mark);
    else this.end(press);
  }

  end({ start, last, drag }) {
    this.tool.overlay.svg.focus();
    if (this.kind === "point") this.tool.put(pointAt(last));
    else if (drag) this.tool.put(boxBetween(start, last));
    else if (this.kind === "both") this.tool.put(pointAt(start));
    else this.tool.show();
  }

  pointercancel(event) {
    this.pointers.delete(event.pointerId);
    this.dropPress();
  }

  dropPress() {
    this.press = null;
    this.tool.sketch(null);
  }

  // ---- keyboard

  keydown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const mark = this.tool.overlay.markOf(event.target);
    const acted = ARROWS[event.key] ? this.arrow(event, mark) : this.key(event.key, mark);
    if (!acted) return;
    event.preventDefault();
    event.stopPropagation();
  }

  key(key, mark) {
    if (key === "Escape") this.tool.stop();
    else if (key === "Enter" && mark) this.tool.list.focusOn(mark);
    else if (key === "Enter") this.put();
    else if (mark && ["Delete", "Backspace"].includes(key)) this.tool.marks.remove(mark);
    else return false;
    return true;
  }

  arrow(event, mark) {
    if (!this.viewer.frames().length) return false;
    this.byKeyboard = true;
    const [across, down] = ARROWS[event.key];
    const place = mark?.place ?? this.cursor.place;
    const [dx, dy] = this.stepOn(place, across, down);
    if (mark) this.tool.marks.change(mark, (event.shiftKey ? grownBy : movedBy)(mark, dx, dy));
    else this.moveCursor(dx, dy, event.shiftKey && this.kind !== "point");
    return true;
  }

  moveCursor(dx, dy, spanning) {
    const { place, x, y } = this.cursor;
    const beyond = x + dx < 0 || x + dx > 1 ? Math.sign(dx) * (this.viewer.state.flipped ? -1 : 1) : 0;
    const next = this.viewer.frames()[place - 1 + beyond] && beyond && !spanning;
    if (next) this.cursor = { place: place + beyond, x: dx < 0 ? 1 : 0, y };
    else this.cursor = { place, x: within(x + dx), y: within(y + dy) };
    if (!spanning) this.anchor = this.cursor;
    this.tool.sketch(spanning ? boxBetween(this.anchor, this.cursor) : null);
  }

  put() {
    const { cursor, anchor } = this;
    const spanned = this.kind === "point" ? null : boxBetween(anchor, cursor);
    this.tool.put(spanned ?? (this.kind === "box" ? boxAround(cursor) : pointAt(cursor)));
    this.anchor = cursor;
  }

  // Begins in the middle of what is seen.
  start() {
    this.pointers.clear();
    this.press = null;
    this.byKeyboard = true;
    const frame = this.stage.getBoundingClientRect();
    const middle = this.viewer.toPicture(frame.left + frame.width / 2, frame.top + frame.height / 2);
    this.cursor = this.anchor = middle ?? { place: 1, x: 0.5, y: 0.5 };
  }

  // ---- where

  // Fractions of the picture that one step on screen is, on a flipped picture the other way round.
  stepOn(place, across, down) {
    const [zero, one] = [this.viewer.toStage(place, 0, 0), this.viewer.toStage(place, 1, 1)];
    return [(across * STEP) / (one.left - zero.left), (down * STEP) / (one.top - zero.top)];
  }

  // The point of this picture under a pointer that may have left it.
  nearest(place, clientX, clientY) {
    const frame = this.stage.getBoundingClientRect();
    const [zero, one] = [this.viewer.toStage(place, 0, 0), this.viewer.toStage(place, 1, 1)];
    const x = (clientX - frame.left - zero.left) / (one.left - zero.left);
    const y = (clientY - frame.top - zero.top) / (one.top - zero.top);
    return { place, x: within(x), y: within(y) };
  }
}

function boxAround({ place, x, y }) {
  const half = PLAIN_BOX / 2;
  const [left, top] = [x, y].map((middle) => Math.min(1 - PLAIN_BOX, Math.max(0, middle - half)));
  return boxBetween({ place, x: left, y: top }, { place, x: left + PLAIN_BOX, y: top + PLAIN_BOX });
}
