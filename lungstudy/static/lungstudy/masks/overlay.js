// The masks of one image over it: a switch for each, one opacity, outline or fill.

import { coloursOf, fitted, layerOf, outline, place, sharpened } from "./layer.js";

const THICKNESS = 2;

for (const panel of document.querySelectorAll("[data-mask-overlay]")) {
  const canvas = document.getElementById(panel.dataset.maskOverlay);
  const image = { width: Number(canvas.dataset.width), height: Number(canvas.dataset.height) };
  const notice = panel.querySelector("[data-notice]");
  const switches = [...panel.querySelectorAll("input[type=checkbox]")];
  const opacity = panel.querySelector("input[type=range]");
  const layers = new Map();

  const layer = async (each) => {
    const colour = getComputedStyle(each.closest("[class*=mask-colour]").querySelector(".mask-swatch")).backgroundColor;
    if (!layers.has(each)) layers.set(each, await layerOf(each.dataset.mask, coloursOf(colour)));
    return layers.get(each);
  };

  const show = async () => {
    const on = switches.filter((each) => each.checked);
    let shown = [];
    try {
      shown = await Promise.all(on.map(layer));
      notice.textContent = "";
    } catch {
      notice.textContent = "A mask could not be loaded. Reload the page.";
    }
    const { pen, box } = sharpened(canvas);
    const view = fitted(image, box);
    const filled = panel.querySelector("input[type=radio]:checked").value === "fill";
    pen.globalAlpha = Number(opacity.value) / 100;
    for (const each of shown) filled ? place(pen, each, view) : outline(pen, each, view, THICKNESS);
  };

  panel.addEventListener("input", show);
  new ResizeObserver(show).observe(canvas);
}
