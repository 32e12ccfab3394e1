// Hides the tools and the cursor while nobody moves the mouse, so that nothing is beside the picture but its question.

const PAUSE = 4000;

export function hideToolsWhenIdle(room) {
  let timer;
  function wake() {
    room.classList.remove("idle");
    clearTimeout(timer);
    timer = setTimeout(() => room.classList.add("idle"), PAUSE);
  }
  for (const name of ["pointermove", "pointerdown", "focusin"]) window.addEventListener(name, wake);
  wake();
}
