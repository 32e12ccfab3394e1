// Paints a scene without a graphics card: samples and windows the levels itself, so it shows what WebGL2 would show.

import { visible } from "./geometry.js";
import { Kept } from "./kept.js";
import { resample } from "./resample.js";

const OPAQUE = 0xff000000;
const GREY = 0x010101;
const KEPT_PER_PIXEL = 8; // bytes: a level and a colour

export class CanvasPainter {
  constructor(canvas, ground) {
    this.canvas = canvas;
    this.ground = `rgb(${ground}, ${ground}, ${ground})`;
    this.context = canvas.getContext("2d", { alpha: false });
    this.loupe = document.createElement("canvas").getContext("2d");
    this.kept = new Kept();
  }

  takes() {
    return true;
  }

  // The picture as it will lie on the canvas; what is not drawn otherwise is drawn from what is kept.
  prepare(view) {
    const { picture, area, tone } = view;
    const sheet = this.kept.get(picture, area.width * area.height * KEPT_PER_PIXEL, () => ({}));
    const lie = lieOf(view);
    const shade = `${tone.gain} ${tone.offset}`;
    if (sheet.lie !== lie) Object.assign(sheet, { lie, levels: sampled(view), shade: null });
    if (sheet.shade !== shade) Object.assign(sheet, { shade, image: shaded(sheet.levels, view, sheet.image) });
    return sheet.image;
  }

  paint(views) {
    this.kept.hold(views.map((view) => view.picture));
    const { canvas, context } = this;
    context.fillStyle = this.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const view of views) {
      if (!view.area.width || !view.area.height) continue;
      if (view.circle) this.paintLoupe(view);
      else context.putImageData(this.prepare(view), view.area.left, view.area.top);
    }
  }

  paintLoupe(view) {
    const { context, loupe } = this;
    const { circle } = view;
    const area = visible(view.rect, view.area);
    context.save();
    context.beginPath();
    context.arc(circle.x, circle.y, circle.radius, 0, 2 * Math.PI);
    context.fill();
    context.clip();
    if (area.width && area.height) {
      Object.assign(loupe.canvas, { width: area.width, height: area.height });
      loupe.putImageData(shaded(sampled({ ...view, area }), { ...view, area }), 0, 0);
      context.drawImage(loupe.canvas, area.left, area.top);
    }
    context.restore();
  }
}

const sampled = ({ picture, rect, area, flipped }) => resample(picture, rect, area, flipped);

// Two views with the same words here have the same levels.
function lieOf({ rect, area, flipped }) {
  return [rect.left - area.left, rect.top - area.top, rect.width, rect.height, area.width, area.height, flipped].join(" ");
}

function shaded(levels, { picture, area, tone }, old) {
  const image = old?.width === area.width && old.height === area.height ? old : new ImageData(area.width, area.height);
  const pixels = new Uint32Array(image.data.buffer);
  const gain = (255 * tone.gain) / (2 ** picture.bits - 1);
  const offset = 255 * tone.offset + 0.5;
  for (let at = 0; at < pixels.length; at += 1) {
    const grey = levels[at] * gain + offset;
    pixels[at] = OPAQUE | (GREY * (grey <= 0 ? 0 : grey >= 255 ? 255 : grey | 0));
  }
  return image;
}
