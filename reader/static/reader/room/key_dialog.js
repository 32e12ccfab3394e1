// All keys in one list, each of which a reader may press anew; kept for this reader in every study.

import { namesOf, printed } from "./keys.js";

const FAILED = "The site cannot be reached, so the key stays as it was. Try again later.";

export class KeyDialog {
  // `url`: where keys are kept; without one the list can only be read.
  constructor({ dialog, keys, url, csrfToken }) {
    Object.assign(this, { dialog, keys, url, csrfToken, waiting: null });
    this.list = dialog.querySelector("[data-keys]");
    this.sentence = dialog.querySelector("[data-sentence]");
    this.rows = keys.actions.map((action) => this.addRow(action));
    const usual = dialog.querySelector("[data-usual]");
    usual.hidden = !url;
    usual.addEventListener("click", () => this.keep(Object.fromEntries(keys.actions.map(({ name, usual: key }) => [name, key]))));
    // Wherever the focus is: a button that was clicked in Safari has none.
    window.addEventListener("keydown", (event) => this.waiting && this.press(event), true);
    dialog.addEventListener("cancel", (event) => this.waiting && event.preventDefault());
    dialog.addEventListener("close", () => this.ask(null));
    this.show();
  }

  addRow(action) {
    const [pair, term, cell, button] = ["div", "dt", "dd", "button"].map((name) => document.createElement(name));
    term.textContent = action.label;
    Object.assign(button, { type: "button", disabled: !this.url });
    button.addEventListener("click", () => this.ask(row));
    cell.append(button);
    pair.append(term, cell);
    this.list.append(pair);
    const row = { action, button };
    return row;
  }

  show() {
    for (const row of this.rows) {
      const key = printed(row.action.key);
      row.button.textContent = row === this.waiting ? "Press a key" : key;
      row.button.setAttribute("aria-label", row === this.waiting ? `Press the new key for: ${row.action.label}` : `${row.action.label}: ${key}. Change this key`);
    }
    for (const action of this.keys.actions) {
      for (const place of document.querySelectorAll(`[data-key-of="${action.name}"]`)) printOn(place, printed(action.key));
      for (const place of document.querySelectorAll(`[data-tool="${action.name}"]`)) place.title = `${action.label} (${printed(action.key)})`;
    }
  }

  ask(row) {
    this.waiting = row;
    this.sentence.textContent = row ? `Press the new key for “${row.action.label}”. Escape leaves it as it is.` : "";
    this.show();
  }

  press(event) {
    if (["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const { action, button } = this.waiting;
    this.ask(null);
    button.focus();
    if (event.key !== "Escape" && !event.repeat) this.keep({ [action.name]: namesOf(event)[0] });
  }

  async keep(changes) {
    const body = new URLSearchParams({ keys: JSON.stringify(changes) });
    const options = { method: "POST", body, headers: { "X-CSRFToken": this.csrfToken }, redirect: "manual" };
    const said = await fetch(this.url, options).then((response) => response.json()).catch(() => ({ sentence: FAILED }));
    if (said.saved) this.keys.set(said.keys);
    this.sentence.textContent = said.saved ? "Kept, for this and every other study." : said.sentence;
    this.show();
  }
}

// A key that is the button's own word, as a point of a scale, is not printed twice.
function printOn(place, key) {
  place.textContent = key;
  place.hidden = place.previousSibling?.textContent.trim() === key;
}
