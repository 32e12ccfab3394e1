// The viewer of the reading room: one to six pictures on a stage, seen through one window, zoom and pan.

import { Easel } from "./easel.js";
import { PRESETS, START_GREYS, tone, windowed } from "./greys.js";
import * as geometry from "./geometry.js";
import { layOut } from "./panes.js";

export const START = { ...START_GREYS, ...geometry.START_VIEW };
const ZOOM_STEP = 1.25;

export class Viewer {
  // `stage`: a positioned element that is the viewer's alone, but for what the room lays over it.
  constructor(stage, { flip = false, onChange = () => {}, webgl } = {}) {
    this.stage = stage;
    this.mayFlip = flip;
    this.onChange = onChange;
    this.pictures = [];
    this.view = { ...START };
    this.presets = PRESETS.map(({ name, label }) => ({ name, label }));
    this.commands = this.makeCommands();
    this.easel = new Easel(stage, { webgl, repaint: () => this.draw() });
    this.draw();
  }

  show(pictures) {
    this.pictures = pictures;
    this.draw();
  }

  // Makes the next show() of this picture cost a drawing only.
  prepare(picture) {
    const [view] = this.views([picture]);
    if (view) this.easel.painter.prepare(view);
  }

  blank() {
    this.show([]);
  }

  get state() {
    return { ...this.view };
  }

  restore(state) {
    this.change({ ...START, ...state, flipped: this.mayFlip && Boolean(state.flipped) });
  }

  makeCommands() {
    const inMiddle = (act) => this.withPicture((picture, pane) => act(picture, pane, pane.left + pane.width / 2, pane.top + pane.height / 2));
    return {
      invert: () => this.change({ inverted: !this.view.inverted }),
      fit: () => this.change({ zoom: 1, actual: false, panX: 0, panY: 0 }),
      actual: () => inMiddle((picture, pane, x, y) => this.change(geometry.actualSize(this.view, picture, pane, x, y))),
      zoomIn: () => inMiddle((picture, pane, x, y) => this.change(geometry.zoomed(this.view, picture, pane, ZOOM_STEP, x, y))),
      zoomOut: () => inMiddle((picture, pane, x, y) => this.change(geometry.zoomed(this.view, picture, pane, 1 / ZOOM_STEP, x, y))),
      pan: (dx, dy) => this.withPicture((picture, pane) => this.change(geometry.panned(this.view, picture, pane, dx * this.easel.ratio, dy * this.easel.ratio))),
      window: (dCentre, dWidth) => this.change(windowed(this.view, dCentre, dWidth)),
      preset: (name) => {
        const { centre, width } = PRESETS.find((preset) => preset.name === name);
        this.change({ centre, width });
      },
      flip: () => this.mayFlip && this.change(geometry.mirrored(this.view)),
      reset: () => this.change(START),
    };
  }

  withPicture(act) {
    if (this.pictures.length) act(this.pictures[0], this.panes()[0]);
  }

  change(part) {
    Object.assign(this.view, part);
    this.drawSoon();
  }

  panes(pictures = this.pictures) {
    return layOut(pictures, this.easel.canvas.width, this.easel.canvas.height, this.easel.ratio);
  }

  // However much happens before the next frame, it costs one drawing.
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.easel.paint(this.views());
    this.onChange();
  }

  views(pictures = this.pictures) {
    const shade = tone(this.view);
    return this.panes(pictures).map((pane, index) => {
      const picture = pictures[index];
      const rect = geometry.placed(picture, pane, this.view);
      return { picture, rect, area: geometry.visible(rect, pane), flipped: this.view.flipped, tone: shade };
    });
  }
}
