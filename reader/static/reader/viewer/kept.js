// What painters keep of pictures, the least lately used thrown away first, so that memory stays flat in a long study.

const BUDGET = 96 * 1024 * 1024;

export class Kept {
  constructor(release = () => {}) {
    this.release = release;
    this.entries = new Map();
    this.bytes = 0;
    this.held = [];
  }

  // What is kept of this picture, made if need be; becomes the last to be thrown away.
  get(picture, bytes, make) {
    const entry = this.entries.get(picture) ?? { value: make(), bytes };
    this.bytes += this.entries.delete(picture) ? 0 : bytes;
    this.entries.set(picture, entry);
    this.trim(picture);
    return entry.value;
  }

  // What is on screen is not thrown away, however large it is.
  hold(pictures) {
    this.held = pictures;
  }

  trim(newest) {
    for (const [picture, entry] of this.entries) {
      if (this.bytes <= BUDGET) return;
      if (picture === newest || this.held.includes(picture)) continue;
      this.release(entry.value);
      this.entries.delete(picture);
      this.bytes -= entry.bytes;
    }
  }

  // Forgets all without releasing: their context is gone.
  clear() {
    this.entries.clear();
    this.bytes = 0;
  }
}
