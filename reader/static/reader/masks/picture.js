// One case on the page: its picture with boxes over it, its own and those that lie on every case.

import { CENTRE } from "./boxes.js";

const SVG = "http://www.w3.org/2000/svg";

export function rectangle([left, top, right, bottom], classes) {
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top }))
    rect.setAttribute(name, value);
  rect.setAttribute("class", classes);
  return rect;
}

export class Picture {
  constructor(figure, boxes) {
    this.figure = figure;
    this.boxes = boxes;
    this.chosen = null; // index of the box that the keyboard moves
    this.stage = figure.querySelector(".mask-stage");
    this.svg = figure.querySelector("svg");
    this.image = figure.querySelector("img");
  }

  draw(everywhere) {
    this.svg.replaceChildren(
      ...everywhere.map((box) => rectangle(box, "everywhere")),
      ...this.boxes.map((box, index) => rectangle(box, index === this.chosen ? "own chosen" : "own")),
    );
    this.figure.querySelector(".mask-count").textContent = this.words();
  }

  words() {
    if (this.chosen !== null) return `· box ${this.chosen + 1} of ${this.boxes.length} chosen`;
    return this.boxes.length ? `· ${this.boxes.length} masked` : "";
  }

  chooseNext() {
    if (!this.boxes.length) {
      this.boxes = [CENTRE];
      this.chosen = 0;
      return true;
    }
    this.chosen = this.chosen === null ? 0 : (this.chosen + 1) % this.boxes.length;
    return false;
  }

  removeChosen() {
    this.boxes = this.chosen === null ? [] : this.boxes.filter((_, index) => index !== this.chosen);
    this.chosen = null;
  }

  show(asRead) {
    // A new address each time: the masked picture follows the boxes that are stored by now.
    this.image.src = asRead ? `${this.image.dataset.address}?masked&at=${Date.now()}` : this.image.dataset.address;
  }
}
