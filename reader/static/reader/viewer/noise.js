// What stands in a picture's place after an exposure limit: grey noise, coarse and fine, the same for every picture.

const SIDE = 512;
const SEED = 20260;
const OCTAVES = [4, 8, 16, 32, 64, 128, 256, 512]; // cells across, coarse to fine
const MIDDLE = 90; // as dark as a film on the whole: nothing dazzles
const SPREAD = 160;

// Mulberry32, a generator of even numbers in [0, 1); the mask must not differ from time to time.
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let made = null;

export function noise() {
  made ??= make();
  return made;
}

function make() {
  const random = generator(SEED);
  const sum = new Float32Array(SIDE * SIDE);
  for (const cells of OCTAVES) addCells(sum, cells, random);
  const spread = SPREAD / Math.sqrt(OCTAVES.length);
  const data = Uint8Array.from(sum, (value) => Math.min(255, Math.max(0, Math.round(MIDDLE + spread * value))));
  return { width: SIDE, height: SIDE, bits: 8, data };
}

function addCells(sum, cells, random) {
  const values = Float32Array.from({ length: cells * cells }, random);
  const mean = values.reduce((total, value) => total + value) / values.length; // coarse cells are few: keep their mid-grey
  const size = SIDE / cells;
  for (let at = 0; at < sum.length; at += 1) {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    sum[at] += values[Math.floor(y / size) * cells + Math.floor(x / size)] - mean;
  }
}
