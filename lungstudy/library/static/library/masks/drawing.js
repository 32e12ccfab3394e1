// The mask that is being drawn, in the image's own pixels: a version to begin with and the strokes since.

import { blank } from "../../lungstudy/masks/layer.js";
import { drawStroke } from "../../lungstudy/masks/strokes.js";

const INSIDE = 128;
const COUNTED = 640;

export class Drawing {
  constructor(base, colour) {
    this.base = base;
    this.colour = colour;
    this.strokes = [];
    this.undone = [];
    this.saved = null; // the last stroke that is stored
    this.layer = blank(base.width, base.height);
    this.pen = this.layer.getContext("2d", { willReadFrequently: true });
    this.redraw();
  }

  get last() {
    return this.strokes.at(-1) ?? null;
  }

  get isSaved() {
    return this.last === this.saved;
  }

  add(stroke) {
    this.strokes.push(stroke);
    this.undone = [];
    drawStroke(this.pen, stroke, 1, this.colour);
  }

  // The stroke that is being drawn goes on; only its newest piece is painted.
  extend(point) {
    const stroke = this.last;
    stroke.points.push(point);
    drawStroke(this.pen, { ...stroke, points: stroke.points.slice(-2) }, 1, this.colour);
  }

  undo() {
    return this.move(this.strokes, this.undone);
  }

  redo() {
    return this.move(this.undone, this.strokes);
  }

  // A stroke that turned out to be none: the first finger of two.
  drop() {
    this.undo();
    this.undone = [];
  }

  move(from, to) {
    if (!from.length) return false;
    to.push(from.pop());
    this.redraw();
    return true;
  }

  redraw() {
    this.pen.clearRect(0, 0, this.layer.width, this.layer.height);
    this.pen.drawImage(this.base, 0, 0);
    for (const stroke of this.strokes) drawStroke(this.pen, stroke, 1, this.colour);
  }

  // The share of the image that is inside, 0 to 1; of a large one counted on a smaller copy.
  share() {
    const scale = Math.min(1, COUNTED / Math.max(this.layer.width, this.layer.height));
    const copy = blank(Math.round(this.layer.width * scale), Math.round(this.layer.height * scale));
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(this.layer, 0, 0, copy.width, copy.height);
    const { data } = pen.getImageData(0, 0, copy.width, copy.height);
    let inside = 0;
    for (let at = 3; at < data.length; at += 4) inside += data[at] >= INSIDE;
    return inside / (copy.width * copy.height);
  }

  // Two levels and nothing between: a pixel that a stroke covers by half or more is inside.
  levels() {
    const pixels = this.pen.getImageData(0, 0, this.layer.width, this.layer.height);
    const { data } = pixels;
    for (let at = 0; at < data.length; at += 4) {
      const level = data[at + 3] >= INSIDE ? 255 : 0;
      data[at] = data[at + 1] = data[at + 2] = level;
      data[at + 3] = 255;
    }
    return pixels;
  }

  async asFile() {
    const copy = blank(this.layer.width, this.layer.height);
    copy.getContext("2d").putImageData(this.levels(), 0, 0);
    return new Promise((done) => copy.toBlob(done, "image/png"));
  }
}
