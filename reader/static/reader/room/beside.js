// What may be said beside an answer, as the protocol asks for it: how sure, where it looks generated, and a comment.
//
// The room binds keys to `actions` by their names ("confidence-1" to "confidence-5", "mark", "comment"), asks `ready()`
// before it files an answer and, where that is false, `ask()`s; `onSettled` tells that the reader has said what was
// missing. `value()` goes with the answer, `reset(saved)` begins the next image or shows again what was said of one.

import { Comment } from "./comment.js";
import { ConfidenceKeys, ConfidenceSlider } from "./confidence.js";
import { printed } from "./keys.js";
import { MarkTool } from "./marks_tool.js";

const CONFIDENCE = { keys: ConfidenceKeys, slider: ConfidenceSlider };

export class Beside {
  // `protocol`: { confidence, allow_comment, marking, mark_reasons, actions: [{ name, key }] }, by the study's own names.
  constructor({ protocol, viewer, stage, place, onSettled = () => {} }) {
    const keyOf = (name) => printed(protocol.actions.find((action) => action.name === name)?.key ?? "");
    const Confidence = CONFIDENCE[protocol.confidence];
    this.confidence = Confidence && new Confidence({ place, keyOf, onSettled });
    this.marks = protocol.marking === "none" ? null : new MarkTool({ protocol, viewer, stage, place, key: keyOf("mark") });
    this.comment = protocol.allow_comment ? new Comment({ place, key: keyOf("comment") }) : null;
    this.parts = [this.confidence, this.marks, this.comment].filter(Boolean);
    this.actions = Object.assign({}, ...this.parts.map((part) => part.actions));
    place.classList.add("beside");
    place.hidden = this.parts.length === 0;
  }

  // Whether all that must be said is said.
  ready() {
    return !this.confidence || this.confidence.value !== null;
  }

  // Leads to what is missing, and gives the sentence that says so; empty where nothing is.
  ask() {
    return this.ready() ? "" : this.confidence.ask();
  }

  value() {
    return {
      confidence: this.confidence?.value ?? null,
      comment: this.comment?.value ?? "",
      marks: this.marks?.value ?? [],
    };
  }

  reset(saved) {
    this.confidence?.reset(saved?.confidence ?? null);
    this.comment?.reset(saved?.comment ?? "");
    this.marks?.reset(saved?.marks ?? []);
  }
}
