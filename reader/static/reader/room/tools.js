// The tool bar and the tools' keys: everything that may be done to the view, and which of it is on.

const STEP = 40; // CSS pixels of one press of a panning key
const SHADE = 0.06; // of the window's width, at one press

export class Tools {
  constructor({ viewer, keys, bar, flip }) {
    Object.assign(this, { viewer, bar, preset: 0, presetState: null });
    this.buttons = [...bar.querySelectorAll("button[data-tool]")];
    const runs = { ...this.runs(), ...(flip && { flip: () => viewer.commands.flip() }) };
    const held = new Set(Object.keys(this.shifts()));
    for (const [name, run] of Object.entries(runs)) keys.on(name, () => this.use(run), { held: held.has(name) });
    for (const button of this.buttons) button.addEventListener("click", () => this.use(runs[button.dataset.tool]));
  }

  // What goes on while its key is held.
  shifts() {
    const { commands } = this.viewer;
    const window = (centre, width) => commands.window(centre * this.viewer.state.width, width * this.viewer.state.width);
    return {
      "zoom-in": () => commands.zoomIn(),
      "zoom-out": () => commands.zoomOut(),
      "pan-left": () => commands.pan(-STEP, 0),
      "pan-right": () => commands.pan(STEP, 0),
      "pan-up": () => commands.pan(0, -STEP),
      "pan-down": () => commands.pan(0, STEP),
      brighter: () => window(-SHADE, 0),
      darker: () => window(SHADE, 0),
      "more-contrast": () => window(0, -SHADE),
      "less-contrast": () => window(0, SHADE),
    };
  }

  runs() {
    const { commands } = this.viewer;
    return {
      ...this.shifts(),
      preset: () => this.nextPreset(),
      invert: () => commands.invert(),
      actual: () => commands.actual(),
      fit: () => commands.fit(),
      magnifier: () => commands.magnifier(),
      move: () => this.move(),
      reset: () => this.reset(),
    };
  }

  use(run) {
    run();
    this.update();
  }

  // What dragging does; while marks are made it makes marks.
  move() {
    if (this.viewer.tool !== "mark") this.viewer.tool = this.viewer.tool === "pan" ? "window" : "pan";
  }

  nextPreset() {
    const { presets, commands } = this.viewer;
    this.preset = this.isPreset() ? (this.preset + 1) % presets.length : 0;
    commands.preset(presets[this.preset].name);
    this.presetState = shade(this.viewer);
  }

  reset() {
    this.viewer.commands.reset();
    this.preset = 0;
    this.presetState = shade(this.viewer);
    if (this.viewer.tool === "pan") this.move();
  }

  // As every picture starts, unless the protocol lets settings stay.
  fresh() {
    this.viewer.restore({});
    if (this.viewer.magnifying) this.viewer.commands.magnifier();
    this.preset = 0;
    this.presetState = shade(this.viewer);
  }

  isPreset() {
    return shade(this.viewer) === (this.presetState ?? shade(this.viewer));
  }

  update() {
    const { viewer } = this;
    const on = { invert: viewer.state.inverted, magnifier: viewer.magnifying, move: viewer.tool === "pan", actual: viewer.state.actual, flip: viewer.state.flipped };
    for (const button of this.buttons) {
      const pressed = on[button.dataset.tool];
      if (pressed !== undefined && button.getAttribute("aria-pressed") !== String(pressed)) button.setAttribute("aria-pressed", String(pressed));
    }
    const name = this.isPreset() ? viewer.presets[this.preset].label : "Own window";
    const label = this.bar.querySelector("[data-preset-name]");
    if (label.textContent !== name) label.textContent = name;
  }
}

const shade = ({ state }) => `${state.centre} ${state.width}`;
