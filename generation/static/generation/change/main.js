// Painting a mask over an image by pointer or keyboard; it is sent as a PNG of the size that is drawn.

import { asFile, draw, extended, share, stroke, within } from "../../lungstudy/masks/strokes.js";

const STEP = 1 / 64;
const FAR = 4;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const COLOUR = "rgb(80 170 255 / 55%)";

const form = document.getElementById("new-batch");
const canvas = document.getElementById("mask");
const pen = canvas.getContext("2d");
const size = document.getElementById("brush-size");
const nativeSizes = JSON.parse(document.getElementById("native-sizes").textContent);
const painted = document.getElementById("id_painted");
let strokes = [];
let corners = null; // of the polygon that is being drawn
let cross = [0.5, 0.5];
let isDrawing = false;

const tool = () => form.elements.tool.value;
const width = () => Number(size.value) / 100;

function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  return within([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
}

function drawCross() {
  const [x, y] = cross.map((at) => at * canvas.width);
  pen.strokeStyle = "#fff";
  pen.lineWidth = 1;
  pen.beginPath();
  pen.arc(x, y, Math.max(4, (width() * canvas.width) / 2), 0, 2 * Math.PI);
  pen.moveTo(x - 8, y);
  pen.lineTo(x + 8, y);
  pen.moveTo(x, y - 8);
  pen.lineTo(x, y + 8);
  pen.stroke();
}

function show() {
  const shown = corners ? [...strokes, { tool: "brush", width: 0.006, points: corners }] : strokes;
  draw(pen, shown, canvas.width, COLOUR);
  if (document.activeElement === canvas) drawCross();
}

function changed() {
  show();
  document.getElementById("mask-share").textContent = `${(100 * share(strokes)).toFixed(1)} % of the image is painted over.`;
}

function setCorner(point) {
  corners = [...(corners ?? []), point];
  show();
}

function closePolygon() {
  if (corners?.length > 2) strokes = [...strokes, { tool: "polygon", points: corners }];
  corners = null;
  changed();
}

function paint(point, goesOn) {
  strokes = goesOn ? extended(strokes, point) : [...strokes, stroke(tool(), width(), point)];
  show();
}

function undo() {
  if (corners) corners = null;
  else strokes = strokes.slice(0, -1);
  changed();
}

canvas.addEventListener("pointerdown", (event) => {
  cross = pointOf(event);
  if (tool() === "polygon") return setCorner(cross);
  canvas.setPointerCapture(event.pointerId);
  isDrawing = true;
  return paint(cross, false);
});
canvas.addEventListener("pointermove", (event) => {
  if (!isDrawing) return;
  cross = pointOf(event);
  paint(cross, true);
});
for (const end of ["pointerup", "pointercancel"])
  canvas.addEventListener(end, () => {
    if (isDrawing) changed();
    isDrawing = false;
  });
canvas.addEventListener("dblclick", closePolygon);
for (const focus of ["focus", "blur"]) canvas.addEventListener(focus, show);

const KEYS = {
  " ": () => {
    if (tool() === "polygon") return setCorner(cross);
    paint(cross, false);
    return changed();
  },
  Enter: closePolygon,
  Escape: () => {
    corners = null;
    show();
  },
};

canvas.addEventListener("keydown", (event) => {
  const arrow = ARROWS[event.key];
  if (arrow) {
    cross = within(cross.map((at, axis) => at + arrow[axis] * (event.shiftKey ? FAR : 1)));
    show();
  } else if (KEYS[event.key]) KEYS[event.key]();
  else if (event.key === "z" && (event.ctrlKey || event.metaKey)) undo();
  else return;
  event.preventDefault();
});

document.getElementById("undo").addEventListener("click", undo);
document.getElementById("clear").addEventListener("click", () => {
  strokes = [];
  corners = null;
  changed();
});
size.addEventListener("input", show);

function showArea() {
  document.getElementById("painting").hidden = form.elements.area.value !== "painted";
  document.getElementById("kept-mask").hidden = form.elements.area.value !== "kept";
  document.getElementById("mask-from-file").hidden = form.elements.area.value !== "file";
}
form.addEventListener("change", showArea);

for (const name of ["strength", "feather"]) {
  const slider = document.getElementById(`id_${name}`);
  const tell = () => (document.getElementById(`${name}-value`).textContent = slider.value);
  slider.addEventListener("input", tell);
  tell();
}

// The mask is made when the form is sent, at the size that is asked for by then.
form.addEventListener("submit", async (event) => {
  if (form.elements.area.value !== "painted" || !strokes.length || painted.files.length) return;
  event.preventDefault();
  const files = new DataTransfer();
  const nativeSize = nativeSizes[form.elements.generator.value.replaceAll("-", "")];
  files.items.add(await asFile(strokes, Number(form.elements.size.value) || nativeSize));
  painted.files = files.files;
  form.requestSubmit();
});

showArea();
changed();
