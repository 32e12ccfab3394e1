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
  return { first, weights, taps, size };
}

// Levels as Float32Array over `area` (whole target pixels), the picture lying at `rect`.
export function resample(picture, rect, area, flipped) {
  const across = footprints(area.left, area.width, rect.left, rect.width, picture.width, flipped);
  const down = footprints(area.top, area.height, rect.top, rect.height, picture.height, false);
  const rows = new Map();
  const target = new Float32Array(area.width * area.height);
  for (let y = 0; y < area.height; y += 1) {
    const line = target.subarray(y * area.width, (y + 1) * area.width);
    for (let tap = 0; tap < down.taps; tap += 1) {
      const weight = down.weights[y * down.taps + tap];
      if (weight) addRow(line, rowOf(picture, down.first[y] + tap, across, rows), weight);
    }
    forgetBefore(rows, down.first[y]);
  }
  return target;
}

function addRow(line, row, weight) {
  for (let x = 0; x < line.length; x += 1) line[x] += weight * row[x];
}

// One row of the picture on the target's columns; neighbours share it.
function rowOf(picture, wanted, across, rows) {
  const y = Math.min(picture.height - 1, Math.max(0, wanted));
  let row = rows.get(y);
  if (!row) {
    row = stretched(picture.data.subarray(y * picture.width, (y + 1) * picture.width), across);
    rows.set(y, row);
  }
  return row;
}

function stretched(source, { first, weights, taps, size }) {
  const row = new Float32Array(first.length);
  for (let x = 0, at = 0; x < row.length; x += 1) {
    let sum = 0;
    for (let pixel = first[x], end = pixel + taps; pixel < end; pixel += 1, at += 1)
      sum += weights[at] * source[pixel < 0 ? 0 : pixel >= size ? size - 1 : pixel];
    row[x] = sum;
  }
  return row;
}

function forgetBefore(rows, first) {
  for (const y of rows.keys()) if (y < first) rows.delete(y);
}
