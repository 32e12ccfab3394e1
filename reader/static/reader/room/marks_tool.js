// Marking: the marks of one image, drawn over it and listed beside it, and the mode in which they are made.

import { keyed, make } from "./beside_elements.js";
import { Marks, inWords } from "./marks.js";
import { MarksHands } from "./marks_hands.js";
import { MarksList } from "./marks_list.js";
import { MarksOverlay } from "./marks_overlay.js";

const KINDS = { point: "Click to set a point.", box: "Drag to span a box.", both: "Click for a point, drag for a box." };

export class MarkTool {
  constructor({ protocol, viewer, stage, place, key }) {
    this.viewer = viewer;
    this.before = null; // the viewer's tool while marking is on
    this.draft = null;
    const part = make("section", { className: "marks" });
    part.setAttribute("aria-label", "Marks");
    place.append(part);
    this.button = make("button", { type: "button" }, ...keyed("Mark", "mark", key));
    this.button.addEventListener("click", () => this.toggle());
    this.hint = make("p", { className: "hint", hidden: true }, `${KINDS[protocol.marking]} Mark again, or Esc, ends it.`);
    this.said = make("p", { className: "unseen" });
    this.said.setAttribute("role", "status");
    part.append(this.button, this.hint, this.said);
    this.marks = new Marks(() => this.show());
    this.list = new MarksList({
      place: part, reasons: protocol.mark_reasons,
      onReason: (mark, reason) => this.marks.change(mark, { reason }), onRemove: (mark) => this.marks.remove(mark),
      onEmpty: () => this.button.focus(),
    });
    this.overlay = new MarksOverlay({ stage, viewer });
    this.hands = new MarksHands({ kind: protocol.marking, viewer, stage, tool: this });
    this.actions = { mark: () => this.toggle() };
    this.show();
  }

  get active() {
    return this.before !== null;
  }

  toggle() {
    if (this.active) this.stop();
    else this.start();
  }

  start() {
    if (!this.viewer.frames().length) return;
    this.before = this.viewer.tool;
    this.viewer.tool = "mark";
    this.hands.start();
    this.show();
    this.overlay.svg.focus({ preventScroll: true });
  }

  stop() {
    if (!this.active) return;
    if (this.viewer.tool === "mark") this.viewer.tool = this.before;
    this.before = null;
    this.draft = null;
    this.hands.press = null;
    document.activeElement?.blur();
    this.show();
  }

  // A box that is being spanned, or null.
  sketch(draft) {
    this.draft = draft;
    this.show();
  }

  put(mark) {
    this.draft = null;
    if (!mark) return this.show();
    if (this.marks.full) return this.say("There are 50 marks, and no more can be set. Remove one first.");
    this.marks.add(mark);
    this.say(`Mark ${this.marks.all.length} set: ${inWords(mark)}.`);
  }

  say(sentence) {
    this.said.textContent = sentence;
  }

  show() {
    this.button.setAttribute("aria-pressed", String(this.active));
    this.hint.hidden = !this.active;
    this.list.show(this.marks.all);
    const cursor = this.hands?.byKeyboard ? this.hands.cursor : null;
    this.overlay.show({ marks: this.marks.all, draft: this.draft, cursor, active: this.active });
  }

  get value() {
    return this.marks.all.map((mark) => ({ ...mark }));
  }

  reset(saved) {
    this.stop();
    this.say("");
    this.marks.set(saved.map((mark) => ({ ...mark })));
  }
}
