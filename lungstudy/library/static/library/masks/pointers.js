// Mouse, pen and fingers on the stage: one draws, two fingers move and zoom, the wheel zooms.

const WHEEL = 1.0015;
const MIDDLE = 1;

const middle = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;

// `hand` says what to do: start, goOn and end a stroke, drop one that was the first finger of two, hover, repaint.
export function listen(stage, hand) {
  const { canvas } = stage;
  const down = new Map();
  let moved = null; // where the hand that moves the film was last

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, stage.at(event));
    if (down.size === 2) return hand.drop();
    if (down.size > 2) return undefined;
    moved = event.button === MIDDLE || hand.moves() ? stage.at(event) : null;
    if (!moved) hand.start(stage.pointOf(event));
    return event.preventDefault() ?? canvas.focus();
  });

  canvas.addEventListener("pointermove", (event) => {
    const at = stage.at(event);
    if (down.size === 2 && down.has(event.pointerId)) return pinch(event.pointerId, at);
    if (!down.has(event.pointerId)) return hand.hover(stage.pointOf(event));
    if (moved) {
      stage.pan([at[0] - moved[0], at[1] - moved[1]]);
      moved = at;
      return hand.repaint();
    }
    return hand.goOn(stage.pointOf(event));
  });

  function pinch(id, at) {
    const before = [...down.values()];
    down.set(id, at);
    const after = [...down.values()];
    const [from, to] = [middle(before), middle(after)];
    stage.pan([to[0] - from[0], to[1] - from[1]]);
    stage.zoom(apart(after) / apart(before), to);
    hand.repaint();
  }

  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => {
      if (down.size === 1 && !moved) hand.end();
      down.delete(event.pointerId);
      moved = null;
    });

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      stage.zoom(WHEEL ** -event.deltaY, stage.at(event));
      hand.repaint();
    },
    { passive: false },
  );
  canvas.addEventListener("dblclick", () => hand.close());
}
