// Paints the film, the mask over it, an older version's outline, and the cross, all under one view.

import { blank, fitted, outline, place, sharpened } from "../../lungstudy/masks/layer.js";
import { panned, showing, toImage, toStage, zoomed } from "./view.js";

const THICKNESS = 2;
const ARM = 7;

export class Stage {
  constructor(canvas, film, size) {
    Object.assign(this, { canvas, film, size, view: null, old: null, cross: [size.width / 2, size.height / 2] });
    this.look = { opacity: 0.45, filled: true, hidden: false };
    this.box = { width: 1, height: 1 };
  }

  // After the stage's box has changed: the whole film if nobody has zoomed, else the same view.
  resized() {
    const { box } = sharpened(this.canvas);
    const wasFitted = !this.view || this.view.scale === fitted(this.size, this.box).scale;
    this.box = box;
    if (wasFitted) this.fit();
  }

  fit() {
    this.view = fitted(this.size, this.box);
  }

  zoom(factor, at = toStage(this.view, this.cross)) {
    this.view = zoomed(this.view, factor, at, fitted(this.size, this.box).scale / 2);
  }

  pan(by) {
    this.view = panned(this.view, by);
  }

  // Moves the cross, and the view with it where it would leave the stage.
  moveCross([right, down]) {
    const within = (value, most) => Math.min(most, Math.max(0, value));
    this.cross = [within(this.cross[0] + right, this.size.width), within(this.cross[1] + down, this.size.height)];
    this.view = showing(this.view, this.cross, this.box);
  }

  // Where on the stage an event happened, in the page's pixels.
  at({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  pointOf(event) {
    return toImage(this.view, this.at(event));
  }

  paint(layer, corners, brush) {
    const { pen } = sharpened(this.canvas);
    pen.imageSmoothingEnabled = this.view.scale < 3;
    this.paintFilm(pen);
    pen.globalAlpha = this.look.opacity;
    if (!this.look.hidden) this.look.filled ? place(pen, layer, this.view) : outline(pen, layer, this.view, THICKNESS);
    pen.globalAlpha = 1;
    if (this.old) outline(pen, this.old, this.view, THICKNESS);
    if (corners.length) this.paintCorners(pen, corners);
    if (brush) this.paintCross(pen, brush);
  }

  // A large film is scaled once for each view, not for each movement of the brush.
  paintFilm(pen) {
    if (this.scaled?.view !== this.view || this.scaled.width !== this.canvas.width) {
      const copy = blank(this.canvas.width, this.canvas.height);
      const copyPen = copy.getContext("2d");
      copyPen.setTransform(pen.getTransform());
      copyPen.imageSmoothingEnabled = pen.imageSmoothingEnabled;
      place(copyPen, this.film, this.view);
      this.scaled = { copy, view: this.view, width: this.canvas.width };
    }
    pen.drawImage(this.scaled.copy, 0, 0, this.box.width, this.box.height);
  }

  paintCorners(pen, corners) {
    const points = corners.map((corner) => toStage(this.view, corner));
    pen.strokeStyle = pen.fillStyle = "#fff";
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const point of points) pen.lineTo(...point);
    pen.stroke();
    for (const [x, y] of points) pen.fillRect(x - 2.5, y - 2.5, 5, 5);
  }

  // A dark line around a light one shows on black and on white.
  paintCross(pen, width) {
    const [x, y] = toStage(this.view, this.cross);
    for (const [colour, thickness] of [["#000", 3], ["#fff", 1]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = thickness;
      pen.beginPath();
      pen.arc(x, y, Math.max(3, (width * this.view.scale) / 2), 0, 2 * Math.PI);
      for (const [right, down] of [[ARM, 0], [0, ARM]]) {
        pen.moveTo(x - right, y - down);
        pen.lineTo(x + right, y + down);
      }
      pen.stroke();
    }
  }
}
