// A grey-scale pattern after the ideas of SMPTE RP 133 and AAPM TG18-QC, drawn by us pixel by pixel of the screen: grey
// ramp, 0/5 % and 95/100 % patches, stripes at full and low contrast, corner squares, cross-hatch.

const MID = 128;
const FIVE_PERCENT = 13;
const NINETY_FIVE_PERCENT = 242;
const GRID = 16;
const LINE_WIDTHS = [1, 2, 4];
const CONTRASTS = [[0, 255], [MID - 6, MID + 6]];

const grey = (level) => `rgb(${level}, ${level}, ${level})`;

export function drawPattern(canvas, size) {
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d");
  const at = (unit) => Math.round((unit * size) / GRID);
  const box = (level, x, y, w, h) => {
    context.fillStyle = grey(level);
    context.fillRect(at(x), at(y), at(x + w) - at(x), at(y + h) - at(y));
  };
  box(MID, 0, 0, GRID, GRID);
  crossHatch(box, context, at, size);
  for (const [x, y] of [[0, 0], [15, 0], [0, 15], [15, 15]]) cornerSquare(box, x, y);
  for (let step = 0; step < GRID; step += 1) box(Math.round((step * 255) / (GRID - 1)), step, 2, 1, 2);
  patch(box, 0, FIVE_PERCENT, 2);
  patch(box, 255, NINETY_FIVE_PERCENT, 10);
  LINE_WIDTHS.forEach((width, place) => {
    const x = 2 + place * 4.5;
    CONTRASTS.forEach((levels, row) => stripes(context, levels, width, at(x), at(10.5 + row * 2.25), at(3), at(1.9)));
    label(context, String(width), at(x - 0.7), at(12.6), at(0.8));
  });
}

function crossHatch(box, context, at, size) {
  context.fillStyle = grey(191);
  for (let line = 1; line < GRID; line += 1) {
    context.fillRect(at(line), 0, 1, size);
    context.fillRect(0, at(line), size, 1);
  }
}

function cornerSquare(box, x, y) {
  box(255, x, y, 1, 1);
  box(0, x + 0.25, y + 0.25, 0.5, 0.5);
}

function patch(box, around, inside, x) {
  box(around, x, 5, 4, 4);
  box(inside, x + 1, 6, 2, 2);
}

// The left half upright, the right half lying: screens blur the two differently.
function stripes(context, [dark, light], width, x, y, w, h) {
  const half = Math.floor(w / 2);
  context.fillStyle = grey(dark);
  context.fillRect(x, y, w, h);
  context.fillStyle = grey(light);
  for (let line = 0; line < half; line += 2 * width) context.fillRect(x + line, y, Math.min(width, half - line), h);
  for (let line = 0; line < h; line += 2 * width) context.fillRect(x + half, y + line, w - half, Math.min(width, h - line));
}

function label(context, text, x, y, height) {
  context.fillStyle = grey(255);
  context.font = `${height}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y);
}
