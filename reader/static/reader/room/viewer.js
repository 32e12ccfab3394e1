// Draws one picture as large as the room allows, the same way for every picture.

const GROUND = "#0a0a0a";

export class Viewer {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.picture = null;
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  show(picture) {
    this.picture = picture;
    this.draw();
  }

  blank() {
    this.show(null);
  }

  draw() {
    const { canvas, context, picture } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.fillStyle = GROUND;
    context.fillRect(0, 0, width, height);
    if (!picture) return;
    const scale = Math.min(width / picture.width, height / picture.height);
    const [w, h] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, Math.round((width - w) / 2), Math.round((height - h) / 2), w, h);
  }
}
