// Where a picture lies in its pane, in device pixels, and how zoom and pan change that. Pure: no DOM, no state.
//
// A view is { zoom, actual, panX, panY, flipped }: zoom is relative to the largest size that fits, so that it carries to
// other pictures and panes; actual means one picture pixel to one device pixel, whatever the pane; pan is how far the
// picture was moved from the pane's middle, as fractions of its shown size.

export const START_VIEW = { zoom: 1, actual: false, panX: 0, panY: 0, flipped: false };
const SMALLEST_ZOOM = 0.5;
const LARGEST_ZOOM = 8;
const LARGEST_PIXEL = 16; // device pixels across one picture pixel

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const fitScale = (picture, pane) => Math.min(pane.width / picture.width, pane.height / picture.height);

// Device pixels for each picture pixel. A whole number is kept exact, or pixels would not fall on pixels.
function scaleOf(picture, pane, view) {
  if (view.actual) return 1;
  const scale = fitScale(picture, pane) * view.zoom;
  const whole = Math.round(scale);
  return whole > 0 && Math.abs(scale - whole) < 1e-6 ? whole : scale;
}

export function placed(picture, pane, view) {
  const scale = scaleOf(picture, pane, view);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const left = pane.left + (pane.width - width) / 2 + view.panX * width;
  const top = pane.top + (pane.height - height) / 2 + view.panY * height;
  const snap = Number.isInteger(scale) ? Math.round : (value) => value;
  return { left: snap(left), top: snap(top), width, height, scale };
}

export function zoomOf(picture, pane, view) {
  return view.actual ? 1 / fitScale(picture, pane) : view.zoom;
}

// The pane's middle always lies on the picture: it can never be lost from sight.
export const kept = (view) => ({ ...view, panX: clamp(view.panX, -0.5, 0.5), panY: clamp(view.panY, -0.5, 0.5) });

export function panned(view, picture, pane, dx, dy) {
  const { width, height } = placed(picture, pane, view);
  return kept({ ...view, panX: view.panX + dx / width, panY: view.panY + dy / height });
}

// Zooms so that what lies under (x, y) stays there.
export function zoomed(view, picture, pane, factor, x, y) {
  const fit = fitScale(picture, pane);
  const before = placed(picture, pane, view);
  const smallest = Math.min(SMALLEST_ZOOM, 1 / fit);
  const largest = Math.max(LARGEST_ZOOM, LARGEST_PIXEL / fit);
  const zoom = clamp(zoomOf(picture, pane, view) * factor, smallest, largest);
  return anchored({ ...view, zoom, actual: false }, picture, pane, before, x, y);
}

export function actualSize(view, picture, pane, x, y) {
  return anchored({ ...view, actual: true }, picture, pane, placed(picture, pane, view), x, y);
}

// The view whose picture has at (x, y) the point that it had there when it lay as `before`.
function anchored(view, picture, pane, before, x, y) {
  const { width, height } = placed(picture, pane, view);
  const [atX, atY] = [(x - before.left) / before.width, (y - before.top) / before.height];
  const [middleX, middleY] = [pane.left + pane.width / 2, pane.top + pane.height / 2];
  return kept({ ...view, panX: (x - middleX) / width + 0.5 - atX, panY: (y - middleY) / height + 0.5 - atY });
}

// Mirrored about the pane's middle, so that the same part of the picture stays there.
export const mirrored = (view) => ({ ...view, flipped: !view.flipped, panX: -view.panX });

// Fractions of the unflipped picture at a point of the canvas, and back.
export function fractionsAt(rect, flipped, x, y) {
  const across = (x - rect.left) / rect.width;
  return { x: flipped ? 1 - across : across, y: (y - rect.top) / rect.height };
}

export function pointAt(rect, flipped, x, y) {
  return { left: rect.left + (flipped ? 1 - x : x) * rect.width, top: rect.top + y * rect.height };
}

export function contains({ left, top, width, height }, x, y) {
  return x >= left && x < left + width && y >= top && y < top + height;
}

// The whole device pixels whose middles lie on the picture and in the area.
export function visible(rect, area) {
  const first = (edge) => Math.ceil(edge - 0.5);
  const left = Math.max(area.left, first(rect.left));
  const top = Math.max(area.top, first(rect.top));
  const right = Math.min(area.left + area.width, first(rect.left + rect.width));
  const bottom = Math.min(area.top + area.height, first(rect.top + rect.height));
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}
