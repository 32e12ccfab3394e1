// From a key press to what it does: this reader's own keys, and none while something is written or a dialog is open.

const WRITING = "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])";
const PRESSABLE = "button, a, summary, input";
const OF_SLIDERS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
const PRINTED = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page up", PageDown: "Page down" };

export class Keys {
  // `actions`: [{ name, key, ... }] as the server lists them; several may share a key where only one is live at a time.
  constructor(actions) {
    this.actions = actions;
    this.doers = new Map();
    document.addEventListener("keydown", (event) => this.press(event));
  }

  // `live`: whether it can be done now. `held`: goes on while the key is held down.
  on(name, run, { live = () => true, held = false } = {}) {
    this.doers.set(name, { run, live, held });
  }

  set(keys) {
    for (const action of this.actions) action.key = keys[action.name] ?? action.key;
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.matches?.(WRITING)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (isTheControls(event)) return;
    const doer = this.doerOf(event);
    if (!doer) return;
    event.preventDefault();
    if (!event.repeat || doer.held) doer.run();
  }

  doerOf(event) {
    for (const key of namesOf(event)) {
      const named = [...this.actions.filter((action) => action.key === key).map((action) => action.name), key];
      const doer = named.map((name) => this.doers.get(name)).find((candidate) => candidate?.live());
      if (doer) return doer;
    }
    return undefined;
  }
}

// A button in focus has its Enter, a slider its arrows.
function isTheControls({ target, key }) {
  if (target.matches?.("input[type=range]")) return OF_SLIDERS.includes(key);
  return (key === "Enter" || key === " ") && Boolean(target.closest?.(PRESSABLE));
}

// What a press may be bound as, the likeliest first. The place of a key counts too: for letters on a Greek, Cyrillic,
// Arabic or Hebrew keyboard, and for digits on a French one, where they need Shift.
export function namesOf({ key, code = "", shiftKey }) {
  const named = key.length > 1 ? `${shiftKey ? "Shift+" : ""}${key}` : key.toLowerCase();
  const place = code.replace(/^(Key|Digit|Numpad)(?=.$)/, "").toLowerCase();
  const names = [named, ...(key === "=" ? ["+"] : [])];
  return /^[a-z]$/.test(named) || !/^[a-z0-9]$/.test(place) ? names : [...names, place];
}

// A key as it is printed on a button.
export function printed(key) {
  const plain = key.replace(/^Shift\+/, "");
  const name = PRINTED[plain] ?? (plain.length === 1 ? plain.toUpperCase() : plain);
  return plain === key ? name : `⇧ ${name}`;
}
