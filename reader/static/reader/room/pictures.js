// Pictures fetched and decoded ahead, so that the next one is on screen at once.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;

// A picture that asking again will not bring; `reason` is "signed out" or "gone".
export class NoPictureError extends Error {
  constructor(reason) {
    super(`The picture is not to be had: ${reason}.`);
    this.reason = reason;
  }
}

export class Pictures {
  constructor(addresses) {
    this.addresses = addresses;
    this.loads = new Map();
    this.wanted = [];
  }

  // The decoded picture of one slot; asks again until the network is back, and rejects when that would not help.
  get(index) {
    const known = this.loads.get(index);
    if (known) return known.picture;
    const stop = new AbortController();
    const picture = this.load(index, stop.signal);
    this.loads.set(index, { picture, stop });
    picture.catch(() => this.loads.delete(index));
    return picture;
  }

  async load(index, signal) {
    let cache = "default";
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        const response = await fetch(this.addresses[index], { redirect: "manual", cache, signal });
        if (response.type === "opaqueredirect") throw new NoPictureError("signed out");
        if ([403, 404, 410].includes(response.status)) throw new NoPictureError("gone");
        if (response.ok) return await createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
      } catch (error) {
        if (error instanceof NoPictureError || signal.aborted) throw error;
      }
      cache = "reload"; // a half transfer may have been kept
      await online(pause);
    }
  }

  // One after the other, the nearest first: on a slow line the next picture does not share it with later ones.
  async prefetch(indexes) {
    this.wanted = indexes;
    for (const index of indexes) {
      if (this.wanted !== indexes) return;
      await this.get(index).catch(() => {});
    }
  }

  // Keeps memory flat in a long study: only the neighbours of what is on screen stay decoded.
  forgetAllBut(indexes) {
    const keep = new Set(indexes);
    for (const [index, load] of this.loads) {
      if (keep.has(index)) continue;
      this.loads.delete(index);
      load.stop.abort();
      load.picture.then((picture) => picture.close(), () => {});
    }
  }
}

// A pause that ends early when the browser says that it is online again.
function online(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    window.addEventListener("online", resolve, { once: true });
  });
}
