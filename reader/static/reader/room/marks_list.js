// The marks in words beside the picture, each with its reason and a way to take it back.

import { make } from "./beside_elements.js";
import { inWords } from "./marks.js";

export class MarksList {
  constructor({ place, reasons, onReason, onRemove, onEmpty }) {
    Object.assign(this, { reasons, onReason, onRemove, onEmpty, rows: new Map() });
    this.list = make("ol", { className: "marks-list" });
    place.append(this.list);
  }

  show(marks) {
    for (const [mark, row] of this.rows) if (!marks.includes(mark)) this.forget(mark, row);
    marks.forEach((mark, index) => this.describe(mark, index + 1));
  }

  // The keyboard goes on at the row that takes this one's place.
  forget(mark, row) {
    const hadFocus = row.item.contains(document.activeElement);
    this.rows.delete(mark);
    const near = row.item.nextElementSibling ?? row.item.previousElementSibling;
    row.item.remove();
    if (hadFocus && near) near.querySelector("button").focus();
    else if (hadFocus) this.onEmpty();
  }

  describe(mark, number) {
    if (!this.rows.has(mark)) this.rows.set(mark, this.addRow(mark));
    const { words, select, remove } = this.rows.get(mark);
    words.textContent = inWords(mark);
    select?.setAttribute("aria-label", `Reason for mark ${number}`);
    if (select) select.value = mark.reason;
    remove.setAttribute("aria-label", `Remove mark ${number}`);
  }

  addRow(mark) {
    const words = make("span");
    const select = this.reasons.length ? this.selectFor(mark) : null;
    const remove = make("button", { type: "button" }, "Remove");
    remove.addEventListener("click", () => this.onRemove(mark));
    const item = make("li", {}, words, ...(select ? [select] : []), remove);
    this.list.append(item);
    return { item, words, select, remove };
  }

  selectFor(mark) {
    const options = this.reasons.map((reason) => make("option", { value: reason }, reason));
    const select = make("select", {}, make("option", { value: "" }, "no reason given"), ...options);
    let byPointer = false;
    select.addEventListener("pointerdown", () => (byPointer = true));
    select.addEventListener("keydown", (event) => {
      byPointer = false;
      if (["Escape", "Enter"].includes(event.key)) select.blur();
      event.stopPropagation(); // letters choose a reason here, no answer
    });
    select.addEventListener("change", () => {
      this.onReason(mark, select.value);
      if (byPointer) select.blur(); // the room's keys work after any use of the mouse
    });
    return select;
  }

  // The reason of a mark, for the keyboard.
  focusOn(mark) {
    const { select, remove } = this.rows.get(mark);
    (select ?? remove).focus();
  }
}
