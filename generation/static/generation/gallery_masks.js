// The masks of one set over the gallery's small pictures: on or off, their opacity, filled or outlines only.

import { coloursOf, fitted, layerOf, outline, place, sharpened } from "../lungstudy/masks/layer.js";

const THICKNESS = 1.5;
const on = document.getElementById("masks-on");
const opacity = document.getElementById("masks-opacity");
const outlines = document.getElementById("masks-outline");
const canvases = [...document.querySelectorAll("#tiles canvas[data-mask]")];
const layers = new Map();

async function show(canvas) {
  if (!layers.has(canvas)) layers.set(canvas, layerOf(canvas.dataset.mask, coloursOf(getComputedStyle(canvas).color)));
  const layer = await layers.get(canvas);
  const image = { width: Number(canvas.dataset.width), height: Number(canvas.dataset.height) };
  const { pen, box } = sharpened(canvas);
  const view = fitted(image, box);
  outlines.checked ? outline(pen, layer, view, THICKNESS) : place(pen, layer, view);
}

// A picture far down the page is drawn when it comes near.
const near = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    show(target).catch(() => target.classList.add("is-missing"));
  }
}, { rootMargin: "400px" });

function look() {
  for (const canvas of canvases) {
    canvas.hidden = !on.checked;
    canvas.style.opacity = String(Number(opacity.value) / 100);
  }
}

on.addEventListener("input", look);
opacity.addEventListener("input", look);
outlines.addEventListener("input", () => {
  if (outlines.checked && Number(opacity.value) < 80) opacity.value = "90";
  look();
  for (const canvas of layers.keys()) show(canvas).catch(() => canvas.classList.add("is-missing"));
});
look();
for (const canvas of canvases) near.observe(canvas);
