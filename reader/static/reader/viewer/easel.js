// The canvas in the stage and who paints on it: WebGL2 on a graphics card, else, or while its context is lost, Canvas2D.

import { CanvasPainter } from "./canvas_painter.js";
import { GlPainter } from "./gl_painter.js";

const GROUND = 0x0a;

export class Easel {
  // `webgl`: true also without a graphics card, false never; otherwise where there is one.
  constructor(stage, { webgl, repaint }) {
    this.stage = stage;
    this.repaint = repaint;
    stage.style.backgroundColor = `rgb(${GROUND}, ${GROUND}, ${GROUND})`;
    this.card = webgl === false ? null : this.graphicsCard(webgl === true);
    this.hand = this.card ? null : this.handPainter();
    this.fit();
    this.watch();
  }

  get painter() {
    return this.hand ?? this.card;
  }

  get canvas() {
    return this.painter.canvas;
  }

  graphicsCard(evenSoftware) {
    const canvas = this.addCanvas();
    try {
      const painter = new GlPainter(canvas, GROUND, evenSoftware);
      canvas.addEventListener("webglcontextlost", (event) => this.fallBack(event));
      canvas.addEventListener("webglcontextrestored", () => this.recover());
      return painter;
    } catch {
      canvas.remove();
      return null;
    }
  }

  handPainter() {
    return new CanvasPainter(this.addCanvas(), GROUND);
  }

  addCanvas() {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    Object.assign(canvas.style, { position: "absolute", left: "0", top: "0", width: "100%", height: "100%", display: "block" });
    this.stage.prepend(canvas);
    return canvas;
  }

  fallBack(event) {
    event.preventDefault(); // or it would never be restored
    if (this.hand) return;
    this.hand = this.handPainter();
    this.card.canvas.style.display = "none";
    this.fit();
    this.repaint();
  }

  recover() {
    if (!this.card) return;
    this.card.begin();
    this.hand.canvas.remove();
    this.hand = null;
    this.card.canvas.style.display = "block";
    this.fit();
    this.repaint();
  }

  prepare(view) {
    if (this.hand || this.card.takes(view.picture)) this.painter.prepare(view);
  }

  // A picture too large for the card is painted by hand, and so is all that follows.
  paint(views) {
    if (!this.hand && !views.every((view) => this.card.takes(view.picture))) {
      this.hand = this.handPainter();
      this.card.canvas.remove();
      this.card = null;
      this.fit();
    }
    this.painter.paint(views);
  }

  watch() {
    const observer = new ResizeObserver(([entry]) => {
      const [exact] = entry.devicePixelContentBoxSize ?? [];
      if (this.fit(exact?.inlineSize, exact?.blockSize)) this.repaint();
    });
    try {
      observer.observe(this.stage, { box: "device-pixel-content-box" });
    } catch {
      observer.observe(this.stage); // Safari
      window.addEventListener("resize", () => this.fit() && this.repaint());
    }
  }

  // As many pixels as the screen has there, told by the observer or else reckoned; true where that changed.
  fit(toldWidth, toldHeight) {
    const { stage, canvas } = this;
    const width = pixelsOf(stage.clientWidth, toldWidth);
    this.ratio = width / stage.clientWidth || devicePixelRatio; // device pixels for each CSS pixel
    const height = pixelsOf(stage.clientHeight, toldHeight);
    if (canvas.width === width && canvas.height === height) return false;
    Object.assign(canvas, { width, height });
    return true;
  }
}

// An emulated screen's ratio is unknown to the observer, whose figure is then far off.
function pixelsOf(length, told) {
  const reckoned = length * devicePixelRatio;
  return Math.abs(told - reckoned) < 2 ? told : Math.round(reckoned);
}
