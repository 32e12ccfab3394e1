// Marks drawn over the pictures, in grey alone, where the viewer's zoom and place put them.

import { draw, set } from "./beside_elements.js";
import { inWords, isBox } from "./marks.js";

const ARM = 9; // CSS pixels
const GRIP = 12; // to be taken by a finger
const HINT = "Arrow keys move the crosshair, with Shift they span a box. Enter sets a mark, Tab goes to the marks, Escape ends marking.";

export class MarksOverlay {
  constructor({ stage, viewer }) {
    this.viewer = viewer;
    this.drawn = new Map();
    this.panes = [];
    this.svg = draw("svg", { class: "marks-overlay", role: "application", "aria-label": `Marks on the picture. ${HINT}`, "aria-hidden": "true" });
    this.crosshair = draw("g", { class: "crosshair" });
    this.draft = draw("g", { class: "mark draft" });
    stage.append(this.svg);
    const before = viewer.onChange;
    viewer.onChange = () => {
      before?.();
      this.redraw();
    };
  }

  // The marks in their order, the one that is being drawn, and where the keyboard is; both may be missing.
  show({ marks, draft, cursor, active }) {
    Object.assign(this, { marks, shownDraft: draft, cursor, active });
    for (const [mark, group] of this.drawn) if (!marks.includes(mark)) this.forget(mark, group);
    for (const mark of marks) if (!this.drawn.has(mark)) this.drawn.set(mark, draw("g", { class: "mark" }));
    set(this.svg, { "aria-hidden": String(!active), tabindex: active ? "0" : "-1" });
    this.svg.classList.toggle("marking", active);
    this.redraw();
  }

  forget(mark, group) {
    const hadFocus = group === document.activeElement;
    group.remove();
    this.drawn.delete(mark);
    if (hadFocus) this.svg.focus();
  }

  redraw() {
    if (!this.marks) return;
    this.layPanes();
    this.marks.forEach((mark, index) => this.place(this.drawn.get(mark), mark, String(index + 1)));
    this.place(this.draft, this.shownDraft, "");
    this.placeCrosshair();
  }

  // One inner drawing for each picture, which ends where its pane ends.
  layPanes() {
    const frames = this.viewer.frames();
    while (this.panes.length > frames.length) this.panes.pop().remove();
    while (this.panes.length < frames.length) this.svg.append(this.panes[this.panes.push(draw("svg")) - 1]);
    frames.forEach(({ left, top, width, height }, index) => set(this.panes[index], { x: left, y: top, width, height }));
    this.frames = frames;
  }

  place(group, mark, number) {
    const pane = mark && this.panes[mark.place - 1];
    if (!pane) return group.remove();
    if (group.parentNode !== pane) pane.append(group);
    const [one, other] = [this.inPane(mark.place, mark.x, mark.y), this.inPane(mark.place, mark.x + mark.w, mark.y + mark.h)];
    group.replaceChildren(...(isBox(mark) ? boxOf(one, other) : crossOf(one)), labelOf(one, other, number));
    if (number) this.name(group, mark, number);
  }

  name(group, mark, number) {
    const reason = mark.reason ? `, ${mark.reason}` : "";
    set(group, { tabindex: this.active ? "0" : "-1", role: "img", "aria-label": `Mark ${number}: ${inWords(mark)}${reason}` });
  }

  placeCrosshair() {
    const pane = this.active && this.cursor && this.panes[this.cursor.place - 1];
    if (!pane) return this.crosshair.remove();
    const { left, top } = this.inPane(this.cursor.place, this.cursor.x, this.cursor.y);
    const path = `M${left - 2 * ARM} ${top}h${ARM * 1.5}m${ARM} 0h${ARM * 1.5}M${left} ${top - 2 * ARM}v${ARM * 1.5}m0 ${ARM}v${ARM * 1.5}`;
    this.crosshair.replaceChildren(...twice("path", { d: path }));
    if (this.crosshair.parentNode !== pane) pane.append(this.crosshair);
  }

  inPane(place, x, y) {
    const { left, top } = this.viewer.toStage(place, x, y);
    const frame = this.frames[place - 1];
    return { left: left - frame.left, top: top - frame.top };
  }

  // The mark under a pointer, if it is on one.
  markOf(target) {
    return [...this.drawn].find(([, group]) => group.contains(target))?.[0] ?? null;
  }

  focusOn(mark) {
    this.drawn.get(mark)?.focus();
  }
}

// A light line on a dark one is seen on black and on white.
const twice = (name, shape) => [draw(name, { ...shape, class: "under" }), draw(name, { ...shape, class: "over" })];

function boxOf(one, other) {
  const [x, y] = [Math.min(one.left, other.left), Math.min(one.top, other.top)];
  const shape = { x, y, width: Math.abs(other.left - one.left), height: Math.abs(other.top - one.top) };
  return [draw("rect", { ...shape, class: "grip" }), ...twice("rect", shape)];
}

function crossOf({ left, top }) {
  const grip = draw("circle", { class: "grip", cx: left, cy: top, r: GRIP });
  return [grip, ...twice("path", { d: `M${left - ARM} ${top}h${2 * ARM}M${left} ${top - ARM}v${2 * ARM}` })];
}

function labelOf(one, other, number) {
  const label = draw("text", { x: Math.max(one.left, other.left) + 5, y: Math.min(one.top, other.top) - 5 });
  label.textContent = number;
  return label;
}
