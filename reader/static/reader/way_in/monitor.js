// The monitor check: draws the pattern on whole pixels of the screen, and sends what the browser knows of that screen.

import { drawPattern } from "./pattern.js";
import { factsOfScreen, rememberScreen } from "./screen.js";

// The browser's own count of pixels, which knows how a fraction was rounded; where it counts none, or counts as if the
// screen had another ratio, it is worked out.
function devicePixels(entry) {
  const worked = Math.round(entry.contentRect.width * window.devicePixelRatio);
  const counted = entry.devicePixelContentBoxSize?.[0]?.inlineSize;
  return Math.abs(counted - worked) <= 1 ? counted : worked;
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
    if (form.dataset.assignment) rememberScreen(form.dataset.assignment); // a preview has none
  });
}
