// The space bar held for moving the picture. Once it has done so, letting go must not also press the button in focus.

export function holdSpace() {
  const space = {
    held: false,
    moved: false,
    used() {
      this.moved = true;
    },
  };
  const isWriting = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
  const heard = (event) => event.code === "Space" && !isWriting(event.target);
  window.addEventListener("keydown", (event) => {
    if (!heard(event)) return;
    if (!event.repeat) Object.assign(space, { held: true, moved: false });
  }, true);
  window.addEventListener("keyup", (event) => {
    if (event.code !== "Space") return;
    if (space.moved) swallow(event);
    Object.assign(space, { held: false, moved: false });
  }, true);
  window.addEventListener("blur", () => Object.assign(space, { held: false, moved: false }));
  return space;
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
