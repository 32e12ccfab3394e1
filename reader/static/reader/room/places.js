// The number of each picture, in the corner of its pane, where there are several to choose from.

export class Places {
  constructor(box, viewer, count) {
    this.viewer = viewer;
    this.signs = Array.from({ length: count > 1 ? count : 0 }, (_, index) => {
      const sign = document.createElement("span");
      sign.textContent = String(index + 1);
      sign.hidden = true;
      box.append(sign);
      return sign;
    });
  }

  update() {
    const frames = this.signs.length ? this.viewer.frames() : [];
    this.signs.forEach((sign, index) => {
      const frame = frames[index];
      sign.hidden = !frame;
      if (frame) Object.assign(sign.style, { left: `${frame.left}px`, top: `${frame.top}px` });
    });
  }
}
