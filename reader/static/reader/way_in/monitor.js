// The monitor check: draws the pattern on whole pixels of the screen, and sends what the browser knows of that screen.

import { drawPattern } from "./pattern.js";
import { factsOfScreen, rememberScreen } from "./screen.js";

function devicePixels(entry) {
  const exact = entry.devicePixelContentBoxSize?.[0]?.inlineSize;
  return exact ?? Math.round(entry.contentRect.width * window.devicePixelRatio);
}

function watch(canvas) {
  const observer = new ResizeObserver(([entry]) => drawPattern(canvas, devicePixels(entry)));
  try {
    observer.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(canvas);
  }
}

const form = document.querySelector("form.monitor");
if (form) {
  watch(form.querySelector("canvas"));
  form.addEventListener("submit", () => {
    for (const [name, value] of Object.entries(factsOfScreen())) form.elements[name].value = value;
    rememberScreen(form.dataset.assignment);
  });
}
