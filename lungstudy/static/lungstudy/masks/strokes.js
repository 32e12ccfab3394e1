// A mask as the strokes that made it; every function returns a new list or draws one. Points and widths are in any
// unit, `side` says how many pixels one unit has: fractions of a square's side, or pixels with a side of 1.

export const SIDE = 1;

const clamp = (value) => Math.min(SIDE, Math.max(0, value));

export const within = ([x, y]) => [clamp(x), clamp(y)];

export const stroke = (tool, width, point) => ({ tool, width, points: [point] });

export function extended(strokes, point) {
  const last = strokes.at(-1);
  return [...strokes.slice(0, -1), { ...last, points: [...last.points, point] }];
}

function trace(pen, points, side) {
  pen.beginPath();
  points.forEach(([x, y], at) => (at ? pen.lineTo(x * side, y * side) : pen.moveTo(x * side, y * side)));
}

// A line of no length is not drawn by canvases, whatever its caps.
function drawSpot(pen, [x, y], width, side) {
  pen.beginPath();
  pen.arc(x * side, y * side, (width * side) / 2, 0, 2 * Math.PI);
  pen.fill();
}

function drawLine(pen, { points, width }, side) {
  if (points.length === 1) return drawSpot(pen, points[0], width, side);
  pen.lineWidth = width * side;
  pen.lineCap = pen.lineJoin = "round";
  trace(pen, points, side);
  return pen.stroke();
}

function drawArea(pen, { points }, side) {
  trace(pen, points, side);
  pen.closePath();
  pen.fill();
}

// Adds one stroke to what is drawn, or takes it away; a cut is a polygon that takes away.
export function drawStroke(pen, each, side, colour) {
  pen.fillStyle = pen.strokeStyle = colour;
  pen.globalCompositeOperation = each.tool === "eraser" || each.tool === "cut" ? "destination-out" : "source-over";
  if (each.tool === "polygon" || each.tool === "cut") drawArea(pen, each, side);
  else drawLine(pen, each, side);
  pen.globalCompositeOperation = "source-over";
}

// Draws the strokes in one colour onto transparent pixels.
export function draw(pen, strokes, side, colour) {
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  for (const each of strokes) drawStroke(pen, each, side, colour);
}

// The share of the image that is covered, 0 to 1, counted on a small copy.
export function share(strokes, side = 128) {
  const copy = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = copy.getContext("2d", { willReadFrequently: true });
  draw(pen, strokes, side, "#fff");
  const { data } = pen.getImageData(0, 0, side, side);
  let covered = 0;
  for (let at = 3; at < data.length; at += 4) covered += data[at] >= 128;
  return covered / (side * side);
}

// A PNG of that many pixels, white where painted and black elsewhere.
export async function asFile(strokes, side) {
  const [mask, ground] = [0, 0].map(() => Object.assign(document.createElement("canvas"), { width: side, height: side }));
  draw(mask.getContext("2d"), strokes, side, "#fff");
  const pen = ground.getContext("2d");
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, side, side);
  pen.drawImage(mask, 0, 0);
  const blob = await new Promise((done) => ground.toBlob(done, "image/png"));
  return new File([blob], "mask.png", { type: "image/png" });
}
