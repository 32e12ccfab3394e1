// The viewer of the reading room: one to six pictures on a stage, seen through one window, zoom and pan.

import { makeCommands } from "./commands.js";
import { Easel } from "./easel.js";
import * as geometry from "./geometry.js";
import { listen } from "./gestures.js";
import { PLAIN, PRESETS, START_GREYS, tone, windowed } from "./greys.js";
import { whenIdle } from "./idle.js";
import { Magnifier } from "./magnifier.js";
import { noise } from "./noise.js";
import { layOut } from "./panes.js";
import { Record } from "./record.js";

export const START = Object.freeze({ ...START_GREYS, ...geometry.START_VIEW });
const CURSORS = { window: "default", pan: "grab", mark: "crosshair" };
const WINDOW_DRAG = 400; // CSS pixels that move the window by its own width, or make it e times as wide

export class Viewer {
  // `stage`: a positioned element that is the viewer's alone, but for what the room lays over it.
  constructor(stage, { flip = false, onChange = () => {}, webgl } = {}) {
    Object.assign(this, { stage, mayFlip: flip, onChange, pictures: [], masked: false, view: { ...START } });
    this.presets = PRESETS.map(({ name, label }) => ({ name, label }));
    this.commands = makeCommands(this);
    this.record = new Record();
    this.magnifier = new Magnifier(stage);
    this.easel = new Easel(stage, { webgl, repaint: () => this.draw() });
    this.tool = "window";
    listen(stage, this);
    this.easel.paint([]);
  }

  // ---- what is on the stage

  show(pictures) {
    this.pictures = pictures;
    this.masked = false;
    this.draw();
  }

  blank() {
    this.show([]);
  }

  mask() {
    this.masked = true;
    this.draw();
  }

  // Makes the show() of these pictures cost a drawing only; takes one, or all that one show() will have. It waits for
  // an idle moment, so that the picture that was just shown is on screen before. `view`: how they will be seen.
  prepare(pictures, view = this.view) {
    whenIdle(() => {
      for (const one of this.views([pictures].flat(), view)) this.easel.prepare(one);
    });
  }

  // ---- how it is seen

  get tool() {
    return this.chosenTool;
  }

  set tool(tool) {
    if (!CURSORS[tool]) throw new Error(`There is no tool ${tool}; choose window, pan or mark.`);
    this.chosenTool = tool;
    this.setCursor();
  }

  get magnifying() {
    return this.magnifier.on;
  }

  get state() {
    return { ...this.view };
  }

  restore(state) {
    const { centre, width, inverted, zoom, actual, panX, panY, flipped } = { ...START, ...state };
    const view = geometry.kept({ zoom, actual, panX, panY, flipped: this.mayFlip && flipped });
    this.change({ ...windowed({ centre, width, inverted }, 0, 0), ...view });
  }

  log() {
    return this.record.plain();
  }

  forgetLog() {
    this.record.forget();
    this.noteSize();
  }

  // ---- for commands and gestures

  act(kind, part) {
    if (!this.pictures.length || this.masked) return;
    this.record.used(kind);
    this.change(part);
  }

  withFirst(use) {
    if (this.pictures.length) use({ picture: this.pictures[0], pane: this.panes()[0], ratio: this.easel.ratio });
  }

  startOver() {
    this.magnifier.on = false;
    this.setCursor();
    this.act("resets", START);
  }

  magnify() {
    this.magnifier.on = !this.magnifier.on;
    if (this.magnifier.on) this.record.used("magnifier");
    this.setCursor();
    this.noteSize();
    this.drawSoon();
  }

  strengthen(factor) {
    this.magnifier.strengthen(factor);
    this.noteSize();
    this.drawSoon();
  }

  // Proportional to the window's width, so that a narrow one is set as finely as a wide one.
  dragWindow(dx, dy) {
    const { width } = this.view;
    this.commands.window((dy / WINDOW_DRAG) * width, width * Math.expm1(dx / WINDOW_DRAG));
  }

  zoomAt(clientX, clientY, factor) {
    const { pane, picture, x, y } = this.under(clientX, clientY);
    if (picture) this.act("zooms", geometry.zoomed(this.view, picture, pane, factor, x, y));
  }

  // Two fingers keep what they hold: their distance is zoom, their middle moves the picture.
  pinch(start, now) {
    const { pane, picture, x, y } = this.under(now.x, now.y);
    if (!picture || !start.apart) return;
    const { ratio } = this.easel;
    const moved = geometry.panned(start.view, picture, pane, (now.x - start.x) * ratio, (now.y - start.y) * ratio);
    this.act("zooms", geometry.zoomed(moved, picture, pane, now.apart / start.apart, x, y));
  }

  toggleActualAt(clientX, clientY) {
    const { pane, picture, x, y } = this.under(clientX, clientY);
    if (!picture) return;
    if (this.view.zoom !== 1 || this.view.actual) this.commands.fit();
    else this.act("zooms", geometry.actualSize(this.view, picture, pane, x, y));
  }

  pointAt(clientX, clientY, isFinger) {
    const frame = clientX === null ? null : this.stage.getBoundingClientRect();
    this.magnifier.follow(frame && { x: clientX - frame.left, y: clientY - frame.top }, isFinger);
    if (this.magnifier.on) this.drawSoon();
  }

  // ---- where things are

  // Fractions of the unflipped picture under a point of the window, and which picture, from 1.
  toPicture(clientX, clientY) {
    const { index, x, y } = this.under(clientX, clientY);
    const view = this.views()[index];
    if (!view || !geometry.contains(view.rect, x, y)) return null;
    return { place: index + 1, ...geometry.fractionsAt(view.rect, view.flipped, x, y) };
  }

  // CSS pixels from the stage's corner; null where that picture is not on the stage.
  toStage(place, x, y) {
    const view = this.views()[place - 1];
    if (!view) return null;
    const { left, top } = geometry.pointAt(view.rect, view.flipped, x, y);
    return { left: left / this.easel.ratio, top: top / this.easel.ratio };
  }

  // Each picture's pane in CSS pixels from the stage's corner, in reading order.
  frames() {
    const { ratio } = this.easel;
    return this.panes().map(({ left, top, width, height }) => ({
      left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio,
    }));
  }

  under(clientX, clientY) {
    const frame = this.stage.getBoundingClientRect();
    const [x, y] = [(clientX - frame.left) * this.easel.ratio, (clientY - frame.top) * this.easel.ratio];
    const panes = this.panes();
    const index = panes.findIndex((pane) => geometry.contains(pane, x, y));
    return { index, pane: panes[index], picture: this.pictures[index], x, y };
  }

  panes(pictures = this.pictures) {
    return layOut(pictures, this.easel.canvas.width, this.easel.canvas.height, this.easel.ratio);
  }

  // ---- drawing

  change(part) {
    Object.assign(this.view, part);
    this.noteSize();
    this.drawSoon();
  }

  noteSize() {
    this.withFirst(({ picture, pane }) => {
      const { scale } = geometry.placed(picture, pane, this.view);
      const power = this.magnifier.on ? this.magnifier.power : 1;
      this.record.enlarged(geometry.zoomOf(picture, pane, this.view) * power, scale * power);
    });
  }

  setCursor() {
    this.stage.style.cursor = this.magnifier.on && this.tool !== "mark" ? "none" : CURSORS[this.tool];
  }

  // However much happens before the next frame, it costs one drawing.
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.easel.paint(this.magnifier.over(this.views(), this.panes(), this.easel));
    this.onChange();
  }

  views(pictures = this.pictures, seen = this.view) {
    const [shade, cover] = this.masked && pictures === this.pictures ? [PLAIN, noise()] : [tone(seen), null];
    return this.panes(pictures).map((pane, index) => {
      const rect = geometry.placed(pictures[index], pane, seen);
      const area = geometry.visible(rect, pane);
      return { picture: cover ?? pictures[index], rect, area, flipped: seen.flipped, tone: shade };
    });
  }
}
