// Outlines over the small pictures of a grid, also over those that are swapped in later.

import { coloursOf, fitted, layerOf, outline, sharpened } from "./layer.js";

const THICKNESS = 1.5;

async function show(canvas) {
  const image = { width: Number(canvas.dataset.width), height: Number(canvas.dataset.height) };
  const layer = await layerOf(canvas.dataset.mask, coloursOf(getComputedStyle(canvas).color));
  const { pen, box } = sharpened(canvas);
  outline(pen, layer, fitted(image, box), THICKNESS);
}

const showAll = (within) => {
  for (const canvas of within.querySelectorAll("canvas[data-mask]")) show(canvas).catch(() => canvas.classList.add("is-missing"));
};

document.addEventListener("htmx:load", (event) => event.target !== document.body && showAll(event.target));
showAll(document);
