// Grey PNG files as numbers, 8 or 16 bits of each pixel kept, which no <img> and no createImageBitmap would do.

import { levels } from "./filters.js";
import { whenIdle } from "./idle.js";
import { unpackStored } from "./stored.js";

const SIGNATURE = [0x89504e47, 0x0d0a1a0a];
const GREY = 0;

// -> { width, height, bits, data: Uint8Array | Uint16Array }; throws where the file is damaged or no grey picture.
export async function decode(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  await new Promise(whenIdle);
  const { header, stream } = readChunks(bytes);
  const length = header.height * (1 + (header.width * header.bits) / 8);
  const raw = unpackStored(stream, length) ?? (await inflate(stream, length));
  return { ...header, data: levels(raw, header) };
}

function readChunks(bytes) {
  const view = new DataView(bytes.buffer);
  if (bytes.length < 57 || SIGNATURE.some((word, place) => view.getUint32(4 * place) !== word))
    throw new Error("The image is not a PNG file.");
  const parts = [];
  let header = null;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (at + 12 + size > bytes.length) break;
    if (kind === "IHDR") header = readHeader(view, at + 8);
    if (kind === "IDAT") parts.push(body);
    if (kind === "IEND" && header && parts.length) return { header, stream: joined(parts) };
    at += 12 + size;
  }
  throw new Error("The image file is cut short.");
}

function readHeader(view, at) {
  const [width, height, bits, colour] = [view.getUint32(at), view.getUint32(at + 4), view.getUint8(at + 8), view.getUint8(at + 9)];
  const interlaced = view.getUint8(at + 12) !== 0;
  if (colour !== GREY || (bits !== 8 && bits !== 16) || interlaced || !width || !height)
    throw new Error("The image is not a plain grey PNG of 8 or 16 bits.");
  return { width, height, bits };
}

function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Compressed files, by the browser's own inflate, which checks them.
async function inflate(stream, length) {
  const unpacked = new Blob([stream]).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(unpacked).arrayBuffer());
  if (raw.length !== length) throw new Error("The image's data has the wrong length.");
  return raw;
}
