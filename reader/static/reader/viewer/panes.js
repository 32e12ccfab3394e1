// Equal panes for one to six pictures, in the grid that shows them largest.

const GAP = 8; // CSS pixels
const WORTH = 1.1; // pictures side by side compare best: another row must make them this much larger

// The panes in reading order, in whole device pixels, so that every picture is sampled in the same way.
export function layOut(pictures, width, height, ratio) {
  const gap = Math.round(GAP * ratio);
  let best = { scale: 0 };
  for (let columns = pictures.length; columns >= 1; columns -= 1) {
    const grid = sized(pictures, columns, width, height, gap);
    if (grid.scale > WORTH * best.scale) best = grid;
  }
  return best.scale ? pictures.map((_, index) => paneOf(index, pictures.length, best, width, height, gap)) : [];
}

function sized(pictures, columns, width, height, gap) {
  const rows = Math.ceil(pictures.length / columns);
  const across = Math.floor((width - gap * (columns - 1)) / columns);
  const down = Math.floor((height - gap * (rows - 1)) / rows);
  const scale = Math.min(...pictures.map((picture) => Math.min(across / picture.width, down / picture.height)));
  return { columns, rows, across, down, scale };
}

// A last row that is not full stands in the middle.
function paneOf(index, count, { columns, rows, across, down }, width, height, gap) {
  const row = Math.floor(index / columns);
  const inRow = row === rows - 1 ? count - row * columns : columns;
  const used = inRow * across + (inRow - 1) * gap;
  const left = Math.floor((width - used) / 2) + (index % columns) * (across + gap);
  const top = Math.floor((height - rows * down - (rows - 1) * gap) / 2) + row * (down + gap);
  return { left, top, width: across, height: down };
}
