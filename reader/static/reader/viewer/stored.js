// Deflate streams of stored blocks, as every presentation has: read by copying, checked by their Adler-32.

const MODULUS = 65521;
const STRETCH = 3800; // bytes after which the sums must be reduced (RFC 1950 gives 5552 for 32 bits without a sign)

// The bytes inside a zlib stream whose blocks are all stored (RFC 1950, RFC 1951); null where a block is compressed.
export function unpackStored(stream, length) {
  const raw = new Uint8Array(length);
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let [at, filled, last] = [2, 0, false];
  while (!last) {
    const head = view.getUint8(at);
    if (head & 0b110) return null;
    last = Boolean(head & 1);
    const size = view.getUint16(at + 1, true);
    if ((size ^ view.getUint16(at + 3, true)) !== 0xffff) throw new Error("A block of the image's data is damaged.");
    if (filled + size > length || at + 5 + size > stream.length) throw new Error("The image's data has the wrong length.");
    raw.set(stream.subarray(at + 5, at + 5 + size), filled);
    filled += size;
    at += 5 + size;
  }
  if (filled !== length) throw new Error("The image's data has the wrong length.");
  if (view.getUint32(at) !== adler32(raw)) throw new Error("The image's data is damaged.");
  return raw;
}

function adler32(bytes) {
  let [a, b] = [1, 0];
  for (let start = 0; start < bytes.length; start += STRETCH) {
    const end = Math.min(start + STRETCH, bytes.length);
    for (let at = start; at < end; at += 1) {
      a += bytes[at];
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}
