// How sure the reader is: five keys, or a slider. Neither has a value before the reader gives one.

import { keyed, make } from "./beside_elements.js";

const STEPS = [1, 2, 3, 4, 5];
const QUESTION = "How sure are you?";
const SLIDER_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

const ends = (...between) => [make("span", { className: "end" }, "a guess"), ...between, make("span", { className: "end" }, "sure")];

export class ConfidenceKeys {
  constructor({ place, keyOf, onSettled }) {
    this.onSettled = onSettled;
    this.buttons = STEPS.map((step) => this.button(step, keyOf(`confidence-${step}`)));
    this.box = make("fieldset", { className: "confidence" }, make("legend", {}, QUESTION), ...ends(...this.buttons));
    place.append(this.box);
    this.actions = Object.fromEntries(STEPS.map((step) => [`confidence-${step}`, () => this.say(step)]));
    this.reset(null);
  }

  button(step, key) {
    const words = key === String(step) ? [key] : keyed(String(step), `confidence-${step}`, key);
    const button = make("button", { type: "button" }, ...words);
    button.addEventListener("click", () => this.say(step));
    return button;
  }

  say(step) {
    this.reset(step);
    this.onSettled();
  }

  reset(value) {
    this.value = value;
    this.box.classList.remove("asked");
    this.buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(STEPS[at] === value)));
  }

  ask() {
    this.box.classList.add("asked");
    return "How sure are you? Press 1 for a guess to 5 for sure.";
  }
}

export class ConfidenceSlider {
  constructor({ place, onSettled }) {
    this.onSettled = onSettled;
    this.actions = {};
    this.slider = make("input", { type: "range", min: 0, max: 100, step: 1 });
    this.slider.setAttribute("aria-label", QUESTION);
    this.shown = make("output", {});
    this.box = make("fieldset", { className: "confidence" }, make("legend", {}, QUESTION), ...ends(this.slider), this.shown);
    place.append(this.box);
    this.listen();
    this.reset(null);
  }

  listen() {
    this.held = false; // by a pointer
    this.slider.addEventListener("input", () => this.say());
    this.slider.addEventListener("pointerdown", () => (this.held = true));
    // Letting go settles it, also where it was and is; a finger that drags ends in a change instead.
    for (const end of ["pointerup", "change"]) this.slider.addEventListener(end, () => this.held && this.settle());
    this.slider.addEventListener("keydown", (event) => this.key(event));
  }

  // The keys of a slider are not the room's while it is in focus.
  key(event) {
    this.held = false;
    if (event.key === "Enter") this.settle();
    if (event.key === "Enter" || SLIDER_KEYS.includes(event.key)) event.stopPropagation();
  }

  settle() {
    this.held = false;
    this.say();
    this.slider.blur();
    this.onSettled();
  }

  say() {
    this.show(this.slider.valueAsNumber);
  }

  reset(value) {
    this.slider.value = value ?? 50;
    this.show(value);
  }

  show(value) {
    this.value = value;
    this.box.classList.remove("asked");
    this.box.classList.toggle("unsaid", value === null);
    this.shown.textContent = value === null ? "not said yet" : String(value);
    this.slider.setAttribute("aria-valuetext", value === null ? "not said yet" : `${value} of 100`);
  }

  ask() {
    this.box.classList.add("asked");
    this.slider.focus();
    return "How sure are you? Set the slider, then press Enter.";
  }
}
