// Draw a box by dragging over a picture; press on a box to remove it.

import { isBigEnough, spanning } from "./boxes.js";
import { rectangle } from "./picture.js";

function place(event, stage) {
  const frame = stage.getBoundingClientRect();
  const fraction = (value, start, length) => Math.min(1, Math.max(0, (value - start) / length));
  return [fraction(event.clientX, frame.left, frame.width), fraction(event.clientY, frame.top, frame.height)];
}

export function drawByPointer(picture, { add, remove }) {
  const { stage, svg, figure } = picture;
  let start = null;
  let ghost = null;

  const end = (event, keep) => {
    if (!start) return;
    const box = spanning(start, place(event, stage));
    start = null;
    ghost.remove();
    if (keep && isBigEnough(box)) add(box);
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    figure.focus({ preventScroll: true });
    if (event.target.matches("rect")) {
      remove([...svg.querySelectorAll("rect")].indexOf(event.target));
      return;
    }
    start = place(event, stage);
    ghost = rectangle(spanning(start, start), "own");
    svg.append(ghost);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!start) return;
    const next = rectangle(spanning(start, place(event, stage)), "own");
    ghost.replaceWith(next);
    ghost = next;
  });
  stage.addEventListener("pointerup", (event) => end(event, true));
  stage.addEventListener("pointercancel", (event) => end(event, false));
}
