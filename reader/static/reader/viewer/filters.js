// The five ways in which a PNG may store a row of pixels (PNG specification, 9.2), and rows as grey levels.

const average = (left, up) => (left + up) >> 1;

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

const PREDICTORS = [null, (left) => left, (_, up) => up, average, paeth];

// Undoes the filters in place; every row has its filter's number in front.
function unfilter(raw, height, stride, pixelBytes) {
  for (let row = 0; row < height; row += 1) {
    const start = row * (stride + 1) + 1;
    const kind = raw[start - 1];
    if (kind > 4) throw new Error("The image's data is damaged.");
    const predict = PREDICTORS[kind];
    if (!predict) continue;
    for (let at = 0; at < stride; at += 1) {
      const here = start + at;
      const above = row ? raw[here - stride - 1] : 0;
      const left = at < pixelBytes ? 0 : raw[here - pixelBytes];
      const corner = row && at >= pixelBytes ? raw[here - stride - 1 - pixelBytes] : 0;
      raw[here] += predict(left, above, corner);
    }
  }
}

// The grey levels of unpacked scan lines, 16 bits being big endian there.
export function levels(raw, { width, height, bits }) {
  const stride = (width * bits) / 8;
  unfilter(raw, height, stride, bits / 8);
  if (bits === 8) {
    const data = new Uint8Array(width * height);
    for (let row = 0; row < height; row += 1) {
      const start = row * (stride + 1) + 1;
      data.set(raw.subarray(start, start + stride), row * width);
    }
    return data;
  }
  const data = new Uint16Array(width * height);
  for (let row = 0, to = 0; row < height; row += 1) {
    let from = row * (stride + 1) + 1;
    for (const end = to + width; to < end; to += 1, from += 2) data[to] = (raw[from] << 8) | raw[from + 1];
  }
  return data;
}
