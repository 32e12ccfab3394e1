// A picture's levels on another raster: each target pixel is the mean over its own footprint, one picture pixel wide at
// least. That is the exact pixel at 1:1, linear between pixels when enlarged, and the area's mean when shrunk.

// For each of `count` target pixels from `start` on: the first picture pixel under it and the weights of those that follow.
function footprints(start, count, origin, shown, size, flipped) {
  const step = size / shown;
  const reach = Math.max(step, 1);
  const taps = Math.ceil(reach) + 1;
  const first = new Int32Array(count);
  const weights = new Float32Array(count * taps);
  for (let index = 0; index < count; index += 1) {
    const along = (start + index + 0.5 - origin) * step;
    const low = (flipped ? size - along : along) - reach / 2;
    first[index] = Math.floor(low);
    for (let tap = 0; tap < taps; tap += 1) {
      const pixel = first[index] + tap;
      weights[index * taps + tap] = Math.max(0, Math.min(low + reach, pixel + 1) - Math.max(low, pixel)) / reach;
    }
  }
  return { first, weights, taps };
}

// Levels as Float32Array over `area` (whole target pixels), the picture lying at `rect`.
export function resample(picture, rect, area, flipped) {
  const across = footprints(area.left, area.width, rect.left, rect.width, picture.width, flipped);
  const down = footprints(area.top, area.height, rect.top, rect.height, picture.height, false);
  const rows = new Rows(picture, across, down.taps + 1);
  const target = new Float32Array(area.width * area.height);
  for (let y = 0; y < area.height; y += 1) {
    const line = target.subarray(y * area.width, (y + 1) * area.width);
    for (let tap = 0; tap < down.taps; tap += 1) {
      const weight = down.weights[y * down.taps + tap];
      if (weight) addRow(line, rows.get(down.first[y] + tap), weight);
    }
  }
  return target;
}

function addRow(line, row, weight) {
  for (let x = 0; x < line.length; x += 1) line[x] += weight * row[x];
}

// The picture's rows on the target's columns; the last few are kept, since neighbours share them.
class Rows {
  constructor(picture, across, kept) {
    this.picture = picture;
    this.across = across;
    this.numbers = new Int32Array(kept).fill(-1);
    this.lines = Array.from({ length: kept }, () => new Float32Array(across.first.length));
    // The edge repeats beyond itself, so that no footprint has to look where it ends.
    this.pad = across.taps;
    this.source = new Float32Array(picture.width + 2 * this.pad);
  }

  get(wanted) {
    const y = Math.min(this.picture.height - 1, Math.max(0, wanted));
    const place = y % this.lines.length;
    if (this.numbers[place] !== y) {
      this.numbers[place] = y;
      this.fill(y);
      stretch(this.source, this.pad, this.across, this.lines[place]);
    }
    return this.lines[place];
  }

  fill(y) {
    const { width, data } = this.picture;
    this.source.set(data.subarray(y * width, (y + 1) * width), this.pad);
    this.source.fill(this.source[this.pad], 0, this.pad);
    this.source.fill(this.source[this.pad + width - 1], this.pad + width);
  }
}

function stretch(source, pad, { first, weights, taps }, line) {
  for (let x = 0, at = 0; x < line.length; x += 1) {
    let sum = 0;
    const start = first[x] + pad;
    for (let tap = 0; tap < taps; tap += 1, at += 1) sum += weights[at] * source[start + tap];
    line[x] = sum;
  }
}
