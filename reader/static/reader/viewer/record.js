// What was done to the view while a picture was open, as small plain numbers for the exposure log.

const PAUSE = 500; // milliseconds that part two uses: a drag or a turn of the wheel is one

const NOTHING = {
  window_changes: 0, presets: 0, inverted: 0, zooms: 0, pans: 0, flips: 0, resets: 0, magnifier: 0, zoom_max: 1, scale_max: 0,
};

export class Record {
  constructor() {
    this.forget();
  }

  forget() {
    this.counts = { ...NOTHING };
    this.lastAt = {};
  }

  // Uses of one kind that follow each other at once count as one.
  used(kind) {
    const now = performance.now();
    if (!(now - this.lastAt[kind] < PAUSE)) this.counts[kind] += 1;
    this.lastAt[kind] = now;
  }

  // Largest enlargements seen: of what fits the stage, and device pixels for each picture pixel; the loupe's included.
  enlarged(zoom, scale) {
    this.counts.zoom_max = Math.max(this.counts.zoom_max, rounded(zoom));
    this.counts.scale_max = Math.max(this.counts.scale_max, rounded(scale));
  }

  plain() {
    return { ...this.counts };
  }
}

const rounded = (value) => Math.round(value * 100) / 100;
