// The room's dialogs: while one is open the clock stands still and nothing of the picture is seen.

export function open(dialog, onChange) {
  dialog.showModal();
  onChange();
}

export function wireDialogs(dialogs, onChange) {
  for (const dialog of dialogs) {
    dialog.addEventListener("close", onChange);
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  }
}
