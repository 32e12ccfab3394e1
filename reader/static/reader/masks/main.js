// The page on which burnt-in letters are masked, by pointer or keyboard; every change is stored at once.

import { CORNERS, moved, resized } from "./boxes.js";
import { Picture } from "./picture.js";
import { drawByPointer } from "./pointer.js";
import { save } from "./saving.js";

const STEP = 0.01;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const grid = document.querySelector(".mask-grid");
const onAll = document.getElementById("everywhere");
const asRead = document.getElementById("as-read");
let everywhere = JSON.parse(document.getElementById("fixed-masks").textContent);
const boxes = JSON.parse(document.getElementById("own-masks").textContent);
const pictures = [...document.querySelectorAll(".mask-case")].map(
  (figure) => new Picture(figure, boxes[figure.dataset.number] ?? []),
);
const pictureOf = new Map(pictures.map((picture) => [picture.figure, picture]));

function store(picture) {
  picture.draw(everywhere);
  save(picture.figure.dataset.save, picture.boxes);
}

function storeEverywhere(next) {
  everywhere = next;
  for (const picture of pictures) picture.draw(everywhere);
  save(grid.dataset.everywhere, everywhere);
}

function add(picture, box) {
  if (onAll.checked) storeEverywhere([...everywhere, box]);
  else {
    picture.boxes = [...picture.boxes, box];
    store(picture);
  }
}

function remove(picture, index) {
  const own = index - everywhere.length;
  if (own >= 0) {
    picture.boxes = picture.boxes.filter((_, at) => at !== own);
    picture.chosen = null;
    store(picture);
  } else if (onAll.checked) storeEverywhere(everywhere.filter((_, at) => at !== index));
  else document.getElementById("saving").textContent = "This box lies on all images. Tick “all images” to remove it.";
}

function showAsRead() {
  grid.classList.toggle("as-read", asRead.checked);
  for (const picture of pictures) picture.show(asRead.checked);
}

function step(picture, [dx, dy], resize) {
  picture.boxes = picture.boxes.map((box, index) => {
    if (index !== picture.chosen) return box;
    return resize ? resized(box, dx, dy) : moved(box, dx, dy);
  });
  store(picture);
}

function neighbour(picture, key) {
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  const index = Math.min(pictures.length - 1, Math.max(0, pictures.indexOf(picture) + by));
  pictures[index].figure.focus();
}

function press(picture, event) {
  if (CORNERS[event.key]) add(picture, CORNERS[event.key]);
  else if (event.key === "b") picture.chooseNext() ? store(picture) : picture.draw(everywhere);
  else if (event.key === "Escape") { picture.chosen = null; picture.draw(everywhere); }
  else if (event.key === "Delete" || event.key === "Backspace") { picture.removeChosen(); store(picture); }
  else if (event.key === "z") picture.figure.classList.toggle("large");
  else if (ARROWS[event.key] && picture.chosen !== null) step(picture, ARROWS[event.key], event.shiftKey);
  else if (ARROWS[event.key]) neighbour(picture, event.key);
  else return;
  event.preventDefault();
}

for (const picture of pictures) {
  picture.draw(everywhere);
  drawByPointer(picture, { add: (box) => add(picture, box), remove: (index) => remove(picture, index) });
}
asRead.addEventListener("change", showAsRead);
document.addEventListener("keydown", (event) => {
  const picture = pictureOf.get(event.target.closest(".mask-case"));
  if (picture && !event.ctrlKey && !event.metaKey && !event.altKey) press(picture, event);
});
