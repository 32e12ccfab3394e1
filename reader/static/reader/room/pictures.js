// Pictures fetched and decoded ahead, so that the next one is on screen at once.

const AHEAD = 3;
const TRIES_PAUSE = 2000;

export class Pictures {
  constructor(slots) {
    this.slots = slots;
    this.bitmaps = new Map();
  }

  // The decoded picture of one slot; asks again until the network is back.
  get(index) {
    if (!this.bitmaps.has(index)) this.bitmaps.set(index, this.load(index));
    return this.bitmaps.get(index);
  }

  async load(index) {
    for (;;) {
      try {
        const response = await fetch(this.slots[index].image, { redirect: "error" });
        if (response.ok) return await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
      } catch {
        // offline or restarting: the loop tries again
      }
      await new Promise((resolve) => setTimeout(resolve, TRIES_PAUSE));
    }
  }

  prefetch(indexes) {
    for (const index of indexes.slice(0, AHEAD)) this.get(index);
  }

  // Keeps memory flat in a long study: only the neighbours of what is on screen stay decoded.
  forgetAllBut(indexes) {
    const keep = new Set(indexes);
    for (const [index, bitmap] of this.bitmaps) {
      if (keep.has(index)) continue;
      this.bitmaps.delete(index);
      bitmap.then((picture) => picture.close());
    }
  }
}
