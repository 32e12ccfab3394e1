// Everything the viewer can be told to do, by whatever key, button or gesture the room binds to it.

import { PRESETS, windowed } from "./greys.js";
import { actualSize, mirrored, panned, zoomed } from "./geometry.js";

const ZOOM_STEP = 1.25;

// `act(kind, change)`: changes the view and notes what kind of use it was.
export function makeCommands(viewer) {
  const middle = ({ pane }) => [pane.left + pane.width / 2, pane.top + pane.height / 2];
  const inMiddle = (kind, change) => viewer.withFirst((first) => viewer.act(kind, change(first, ...middle(first))));
  const zoomBy = (factor) => inMiddle("zooms", ({ picture, pane }, x, y) => zoomed(viewer.view, picture, pane, factor, x, y));
  const fitted = { zoom: 1, actual: false, panX: 0, panY: 0 };
  return {
    invert: () => viewer.act("inverted", { inverted: !viewer.view.inverted }),
    fit: () => viewer.act("zooms", fitted),
    actual: () => inMiddle("zooms", ({ picture, pane }, x, y) => actualSize(viewer.view, picture, pane, x, y)),
    zoomIn: () => zoomBy(ZOOM_STEP),
    zoomOut: () => zoomBy(1 / ZOOM_STEP),
    pan: (dx, dy) => viewer.withFirst(({ picture, pane, ratio }) => viewer.act("pans", panned(viewer.view, picture, pane, dx * ratio, dy * ratio))),
    window: (dCentre, dWidth) => viewer.act("window_changes", windowed(viewer.view, dCentre, dWidth)),
    preset: (name) => viewer.act("presets", presetOf(name)),
    magnifier: () => viewer.magnify(),
    magnifierPower: (factor) => viewer.strengthen(factor),
    flip: () => viewer.mayFlip && viewer.act("flips", mirrored(viewer.view)),
    reset: () => viewer.startOver(),
  };
}

function presetOf(name) {
  const preset = PRESETS.find((candidate) => candidate.name === name);
  if (!preset) throw new Error(`There is no preset ${name}; the viewer's presets are ${PRESETS.map((one) => one.name).join(", ")}.`);
  return { centre: preset.centre, width: preset.width };
}
