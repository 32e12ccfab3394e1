// A mask file (black outside) as a layer of one colour, see-through outside; and its outline on a canvas.

const DIRECTIONS = [[-1, -1], [0, -1], [1, -1], [-1, 0], [1, 0], [-1, 1], [0, 1], [1, 1]];
const INSIDE = 128;

export const blank = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

export async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

// The layer of a mask's file; `colour` is [red, green, blue].
export async function layerOf(url, colour) {
  const image = await picture(url);
  const layer = blank(image.naturalWidth, image.naturalHeight);
  const pen = layer.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, layer.width, layer.height);
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    data[at + 3] = data[at] >= INSIDE ? 255 : 0;
    [data[at], data[at + 1], data[at + 2]] = colour;
  }
  pen.putImageData(pixels, 0, 0);
  return layer;
}

// [red, green, blue] of a style sheet's rgb(...) colour.
export const coloursOf = (words) => words.match(/\d+/g).slice(0, 3).map(Number);

export const place = (pen, layer, { x, y, scale }) => pen.drawImage(layer, x, y, layer.width * scale, layer.height * scale);

// Draws a line of that thickness around the layer, just outside of it: the inner edge is the mask's own.
export function outline(pen, layer, view, thickness) {
  const line = blank(pen.canvas.width, pen.canvas.height);
  const linePen = line.getContext("2d");
  linePen.setTransform(pen.getTransform());
  linePen.imageSmoothingEnabled = view.scale < 3; // smoothed, the steps of a small mask would swallow a thin line
  for (const [right, down] of DIRECTIONS) {
    place(linePen, layer, { ...view, x: view.x + right * thickness, y: view.y + down * thickness });
  }
  linePen.globalCompositeOperation = "destination-out";
  place(linePen, layer, view);
  pen.save();
  pen.resetTransform();
  pen.drawImage(line, 0, 0);
  pen.restore();
}

// The view in which an image lies whole and centred in a box.
export function fitted(image, box) {
  const scale = Math.min(box.width / image.width, box.height / image.height);
  return { scale, x: (box.width - image.width * scale) / 2, y: (box.height - image.height * scale) / 2 };
}

// Gives a canvas as many pixels as its box has on the screen; its pen then counts in the page's pixels.
export function sharpened(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const dense = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * dense));
  canvas.height = Math.max(1, Math.round(height * dense));
  const pen = canvas.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  return { pen, box: { width, height } };
}
