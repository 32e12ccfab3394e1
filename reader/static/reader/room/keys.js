// What each key does; nothing while a dialog is open, while a key is held down, or together with Ctrl, Alt or Cmd.

export function listenToKeys({ verdicts, answer, step, help }) {
  const others = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), "?": help };
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const verdict = verdicts.find((candidate) => candidate[0] === letter(event));
    if (verdict) answer(verdict);
    else if (others[event.key]) others[event.key]();
    else return;
    event.preventDefault();
  });
}

// The Latin letter, also on a Greek, Cyrillic, Arabic or Hebrew keyboard, where it is the key's place that counts.
function letter(event) {
  return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();
}
