// The mask editor: brush, eraser and polygon by pointer, touch or keyboard; what is saved is the next version.

import { layerOf, picture } from "../../lungstudy/masks/layer.js";
import { stroke } from "../../lungstudy/masks/strokes.js";
import { Drawing } from "./drawing.js";
import { listen } from "./pointers.js";
import { Saver } from "./saving.js";
import { Stage } from "./stage.js";
import { Versions } from "./versions.js";

const COLOUR = [86, 180, 233];
const CLOSER = 1.25;
const STEP = 0.005; // of the longer side, for one press of an arrow; ten times that with Shift
const TOOLS = { b: "brush", e: "eraser", p: "polygon", x: "cut", h: "hand" };

const part = (id) => document.getElementById(`mask-${id}`);
const facts = JSON.parse(document.getElementById("editor").textContent);
const editor = part("editor");
const size = part("brush");
const opacity = part("opacity");
const comment = part("comment");
const saver = new Saver(facts.save);
let basedOn = facts.versions[0].number;
let corners = [];
let isDrawing = false;
let stage;
let drawing;
let versions;

const tool = () => editor.querySelector("input[name=tool]:checked").value;
const isPolygon = () => tool() === "polygon" || tool() === "cut";
const say = (words) => (part("state").textContent = words);

function repaint() {
  const shows = document.activeElement === stage.canvas || stage.canvas.matches(":hover");
  stage.paint(drawing.layer, corners, shows && tool() !== "hand" ? (isPolygon() ? 1 : Number(size.value)) : 0);
}

// After every change of the drawing, not while a line is being drawn.
function changed(words) {
  const share = (100 * drawing.share()).toFixed(1);
  say(`${words} ${share} % of the image is inside.`);
  part("save").disabled = drawing.isSaved;
  part("undo").disabled = !drawing.strokes.length && !corners.length;
  part("redo").disabled = !drawing.undone.length;
  repaint();
}

function setCorner(point) {
  corners = [...corners, point];
  changed(`Corner ${corners.length}.`);
}

function closePolygon() {
  const enough = corners.length > 2;
  if (enough) drawing.add({ tool: tool() === "cut" ? "cut" : "polygon", points: corners });
  else if (corners.length) return say("A polygon needs three corners.");
  corners = [];
  return enough && changed("Polygon closed.");
}

function leavePolygon() {
  corners = [];
  changed("Polygon dropped.");
}

function undo() {
  if (corners.length) {
    corners = corners.slice(0, -1);
    return changed("Corner taken back.");
  }
  return changed(drawing.undo() ? "Undone." : "There is nothing to undo.");
}

const redo = () => changed(drawing.redo() ? "Done again." : "There is nothing to do again.");

const hand = {
  moves: () => tool() === "hand",
  start(point) {
    stage.cross = point;
    if (isPolygon()) return setCorner(point);
    isDrawing = true;
    drawing.add(stroke(tool(), Number(size.value), point));
    return repaint();
  },
  goOn(point) {
    stage.cross = point;
    if (isDrawing) drawing.extend(point);
    repaint();
  },
  end() {
    if (isDrawing) changed(tool() === "eraser" ? "Erased." : "Painted.");
    isDrawing = false;
  },
  drop() {
    if (isDrawing) drawing.drop();
    else if (isPolygon()) corners = corners.slice(0, -1);
    isDrawing = false;
    changed("");
  },
  hover(point) {
    stage.cross = point;
    repaint();
  },
  close: () => isPolygon() && closePolygon(),
  repaint,
};

function press() {
  if (tool() === "hand") return;
  hand.start(stage.cross);
  hand.end();
}

function choose(name) {
  editor.querySelector(`input[name=tool][value=${name}]`).checked = true;
  toolChanged();
}

function toolChanged() {
  if (!isPolygon()) corners = [];
  part("close").hidden = !isPolygon();
  stage.canvas.classList.toggle("is-hand", tool() === "hand");
  repaint();
}

function look() {
  stage.look.opacity = Number(opacity.value) / 100;
  stage.look.filled = part("fill").checked;
  repaint();
}

function slide(slider, factor) {
  const value = Number(slider.value);
  slider.value = factor > 1 ? Math.max(value + 1, Math.round(value * factor)) : Math.floor(value * factor);
  sliders();
}

function sliders() {
  part("brush-value").textContent = `${size.value} px`;
  part("opacity-value").textContent = `${opacity.value} %`;
  look();
}

function zoom(factor) {
  stage.zoom(factor);
  repaint();
}

function fit() {
  stage.fit();
  repaint();
}

async function save() {
  if (drawing.isSaved || part("save").disabled) return;
  part("save").disabled = true;
  part("notice").hidden = true;
  const last = drawing.last;
  try {
    const version = await saver.save(drawing, basedOn, comment.value);
    drawing.saved = last;
    basedOn = version.number;
    comment.value = "";
    versions.add(version);
    changed(`Saved as version ${version.number}.`);
  } catch (error) {
    refused(error);
  }
}

// What somebody else saved is shown as an outline, and Save puts this drawing after it: nothing is lost either way.
function refused(error) {
  part("notice-words").textContent = error.message;
  part("notice").hidden = false;
  part("save").disabled = false;
  if (!error.meanwhile) return;
  basedOn = error.meanwhile.number;
  versions.add(error.meanwhile);
  versions.show(error.meanwhile.number);
}

function toggleMask() {
  stage.look.hidden = !stage.look.hidden;
  say(stage.look.hidden ? "The mask is hidden." : "The mask is shown.");
  repaint();
}

const toggleFill = () => {
  (part("fill").checked ? part("outline") : part("fill")).checked = true;
  look();
};

const KEYS = {
  " ": press,
  Enter: closePolygon,
  Escape: () => corners.length && leavePolygon(),
  "[": () => slide(size, 0.8),
  "]": () => slide(size, 1.25),
  ",": () => slide(opacity, 0.8),
  ".": () => slide(opacity, 1.25),
  "+": () => zoom(CLOSER),
  "=": () => zoom(CLOSER),
  "-": () => zoom(1 / CLOSER),
  0: fit,
  z: undo,
  Z: redo,
  y: redo,
  o: toggleFill,
  m: toggleMask,
  s: save,
};
const WITH_CONTROL = { z: undo, Z: redo, y: redo, s: save };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onArrow([right, down], isFar) {
  const step = Math.max(1, STEP * Math.max(facts.width, facts.height)) * (isFar ? 10 : 1);
  if (tool() === "hand") stage.pan([-right * step * 4, -down * step * 4]);
  else stage.moveCross([right * step, down * step]);
  repaint();
}

function onKey(event) {
  if (event.altKey || event.target.matches("input[type=text]")) return;
  const onCanvas = event.target === stage.canvas;
  const control = event.ctrlKey || event.metaKey;
  const action = control ? WITH_CONTROL[event.key] : (KEYS[event.key] ?? (TOOLS[event.key] && (() => choose(TOOLS[event.key]))));
  const isForControl = ["Enter", " "].includes(event.key) && !onCanvas;
  if (onCanvas && ARROWS[event.key] && !control) onArrow(ARROWS[event.key], event.shiftKey);
  else if (action && !isForControl) action();
  else return;
  event.preventDefault();
}

function wire() {
  listen(stage, hand);
  editor.addEventListener("keydown", onKey);
  editor.addEventListener("change", (event) => event.target.name === "tool" && toolChanged());
  for (const radio of [part("fill"), part("outline")]) radio.addEventListener("change", look);
  for (const slider of [size, opacity]) slider.addEventListener("input", sliders);
  const buttons = { undo, redo, save, fit, close: closePolygon, closer: () => zoom(CLOSER), farther: () => zoom(1 / CLOSER) };
  for (const [id, action] of Object.entries(buttons)) part(id).addEventListener("click", action);
  for (const name of ["focus", "blur", "pointerleave"]) stage.canvas.addEventListener(name, repaint);
  window.addEventListener("beforeunload", (event) => !drawing.isSaved && event.preventDefault());
  new ResizeObserver(() => {
    stage.resized();
    repaint();
  }).observe(stage.canvas);
}

async function start() {
  const [film, layer] = await Promise.all([picture(facts.picture), layerOf(facts.versions[0].url, COLOUR)]);
  stage = new Stage(part("stage"), film, { width: facts.width, height: facts.height });
  drawing = new Drawing(layer, `rgb(${COLOUR.join(" ")})`);
  versions = new Versions(part("versions"), part("version-row"), (old, number) => {
    stage.old = old;
    say(number ? `Version ${number} is outlined in orange.` : "No other version is shown.");
    repaint();
  });
  stage.resized();
  wire();
  sliders();
  changed("Ready.");
  editor.dataset.ready = "true";
}

start().catch(() => say("The image or its mask could not be loaded. Reload the page."));
