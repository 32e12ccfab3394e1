// A comment on one image. While it is written no key of the room is heard; Escape gives the keyboard back.

import { keyed, make } from "./beside_elements.js";

const LONGEST = 2000;

export class Comment {
  constructor({ place, key }) {
    this.field = make("textarea", { rows: 2, maxLength: LONGEST, autocomplete: "off" });
    const words = make("span", {}, ...keyed("Comment", "comment", key));
    place.append(make("label", { className: "comment" }, words, this.field));
    this.actions = { comment: () => this.field.focus() };
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (!event.isComposing && (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey)))) {
      event.preventDefault();
      this.field.blur();
    }
    event.stopPropagation();
  }

  get value() {
    return this.field.value.trim();
  }

  reset(text) {
    this.field.value = text;
  }
}
