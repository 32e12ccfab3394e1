// Where the image lies on the stage: one scale and a place, in the page's pixels. Every function returns a new view.

const CLOSEST = 24;
const MARGIN = 24;

export const toImage = ({ scale, x, y }, [left, top]) => [(left - x) / scale, (top - y) / scale];
export const toStage = ({ scale, x, y }, [left, top]) => [left * scale + x, top * scale + y];

// Closer or farther; what lies at that point of the stage stays there.
export function zoomed(view, factor, [left, top], farthest) {
  const scale = Math.min(CLOSEST, Math.max(farthest, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: left - (left - view.x) * by, y: top - (top - view.y) * by };
}

export const panned = (view, [right, down]) => ({ ...view, x: view.x + right, y: view.y + down });

// Moved just as far as it takes to have a point of the image on the stage.
export function showing(view, point, box) {
  const shift = (at, most) => Math.max(0, MARGIN - at) - Math.max(0, at - (most - MARGIN));
  const [left, top] = toStage(view, point);
  return panned(view, [shift(left, box.width), shift(top, box.height)]);
}
