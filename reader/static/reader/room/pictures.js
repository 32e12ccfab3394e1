// Pictures fetched and decoded ahead, so that the next ones are on screen at once.

import { decode } from "../viewer/decode.js";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;
const FIRST_TRY = 20000; // each next one may take twice as long, for slow lines

// A picture that asking again will not bring; `reason` is "signed out" or "gone".
export class NoPictureError extends Error {
  constructor(reason) {
    super(`The picture is not to be had: ${reason}.`);
    this.reason = reason;
  }
}

export class Pictures {
  // `addresses`: of each slot's pictures. `onReady` hears the pictures of a slot once all of them are decoded.
  constructor(addresses, onReady) {
    this.addresses = addresses;
    this.onReady = onReady;
    this.loads = new Map();
    this.wanted = [];
  }

  // The decoded pictures of one slot; asks again until the network is back, and rejects when that would not help.
  get(index) {
    const known = this.loads.get(index);
    if (known) return known.pictures;
    const stop = new AbortController();
    const pictures = Promise.all(this.addresses[index].map((address) => this.load(address, stop.signal)));
    this.loads.set(index, { pictures, stop });
    pictures.then(this.onReady, () => this.forget(index, stop));
    return pictures;
  }

  // One that is gone is not waited for, and what is left of its slot is not wanted either.
  forget(index, stop) {
    stop.abort();
    if (this.loads.get(index)?.stop === stop) this.loads.delete(index);
  }

  async load(address, signal) {
    let [cache, pause, patience] = ["default", FIRST_PAUSE, FIRST_TRY];
    for (;;) {
      try {
        const file = await fetched(address, cache, signal, patience);
        if (file) return await decode(file);
      } catch (error) {
        if (error instanceof NoPictureError || signal.aborted) throw error;
      }
      cache = "reload"; // a half transfer may have been kept
      await online(pause);
      [pause, patience] = [Math.min(pause * 2, LONGEST_PAUSE), patience * 2];
    }
  }

  // One after the other, the nearest first: on a slow line the next slot does not share it with later ones.
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
    }
  }
}

// The file, or null where the server has trouble; a connection that has died without a word is not waited for.
async function fetched(address, cache, signal, patience) {
  const stop = new AbortController();
  const giveUp = () => stop.abort();
  const timer = setTimeout(giveUp, patience);
  signal.addEventListener("abort", giveUp);
  try {
    const response = await fetch(address, { redirect: "manual", cache, signal: stop.signal });
    if (response.type === "opaqueredirect") throw new NoPictureError("signed out");
    if ([403, 404, 410].includes(response.status)) throw new NoPictureError("gone");
    return response.ok ? await response.blob() : null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

// A pause that ends early when the browser says that it is online again.
function online(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    window.addEventListener("online", resolve, { once: true });
  });
}
