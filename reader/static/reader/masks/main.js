// Draw boxes over burnt-in letters, by pointer or keyboard; every change is stored at once.

const SMALLEST = 0.01;
const CORNER = 0.18;
const CORNERS = {
  1: [0, 0, CORNER, CORNER],
  2: [1 - CORNER, 0, 1, CORNER],
  3: [0, 1 - CORNER, CORNER, 1],
  4: [1 - CORNER, 1 - CORNER, 1, 1],
};
const SVG = "http://www.w3.org/2000/svg";
const csrfToken = document.querySelector("meta[name=csrf-token]").content;
const saving = document.getElementById("saving");
const everywhere = document.getElementById("everywhere");
const grid = document.querySelector(".mask-grid");
const cases = [...document.querySelectorAll(".mask-case")];
let fixed = JSON.parse(document.getElementById("fixed-masks").textContent);
const own = new Map(
  [...document.querySelectorAll("template.boxes")].map((holder, index) => [cases[index], JSON.parse(holder.dataset.boxes)]),
);

async function save(address, boxes) {
  saving.textContent = "Saving…";
  try {
    const response = await fetch(address, {
      method: "POST", body: JSON.stringify(boxes),
      headers: { "X-CSRFToken": csrfToken, "Content-Type": "application/json" },
    });
    const said = await response.json();
    saving.textContent = said.saved ? "Saved" : said.sentence;
  } catch {
    saving.textContent = "Not saved: the site does not answer. Change the box again once it does.";
  }
}

function rectangle([left, top, right, bottom], isFixed) {
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top }))
    rect.setAttribute(name, value);
  if (isFixed) rect.setAttribute("class", "everywhere");
  return rect;
}

function draw(figure) {
  const boxes = own.get(figure);
  const svg = figure.querySelector("svg");
  svg.replaceChildren(...fixed.map((box) => rectangle(box, true)), ...boxes.map((box) => rectangle(box, false)));
  figure.querySelector(".mask-count").textContent = boxes.length ? `· ${boxes.length} masked` : "";
}

function change(figure, boxes) {
  own.set(figure, boxes);
  draw(figure);
  save(figure.dataset.save, boxes);
}

function changeEverywhere(boxes) {
  fixed = boxes;
  cases.forEach(draw);
  save(grid.dataset.everywhere, boxes);
}

function add(figure, box) {
  if (everywhere.checked) changeEverywhere([...fixed, box]);
  else change(figure, [...own.get(figure), box]);
}

function removeAt(figure, index) {
  if (index < fixed.length) {
    if (everywhere.checked) changeEverywhere(fixed.filter((_, at) => at !== index));
    return;
  }
  change(figure, own.get(figure).filter((_, at) => at !== index - fixed.length));
}

function place(event, stage) {
  const frame = stage.getBoundingClientRect();
  const clamp = (value) => Math.min(1, Math.max(0, value));
  return [clamp((event.clientX - frame.left) / frame.width), clamp((event.clientY - frame.top) / frame.height)];
}

function spanning([x1, y1], [x2, y2]) {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}

function drawable(figure) {
  const stage = figure.querySelector(".mask-stage");
  let start = null;
  let ghost = null;
  stage.addEventListener("pointerdown", (event) => {
    figure.focus();
    if (event.target.matches("rect")) {
      removeAt(figure, [...stage.querySelectorAll("rect")].indexOf(event.target));
      return;
    }
    start = place(event, stage);
    ghost = rectangle(spanning(start, start), false);
    stage.querySelector("svg").append(ghost);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!start) return;
    const next = rectangle(spanning(start, place(event, stage)), false);
    ghost.replaceWith(next);
    ghost = next;
  });
  stage.addEventListener("pointerup", (event) => {
    if (!start) return;
    const box = spanning(start, place(event, stage));
    start = null;
    ghost.remove();
    if (box[2] - box[0] >= SMALLEST && box[3] - box[1] >= SMALLEST) add(figure, box);
  });
}

function onKey(event) {
  const figure = event.target.closest(".mask-case");
  if (!figure) return;
  const index = cases.indexOf(figure);
  if (CORNERS[event.key]) add(figure, CORNERS[event.key]);
  else if (event.key === "Delete") change(figure, []);
  else if (event.key === "ArrowRight") cases[Math.min(index + 1, cases.length - 1)].focus();
  else if (event.key === "ArrowLeft") cases[Math.max(index - 1, 0)].focus();
  else return;
  event.preventDefault();
}

for (const figure of cases) {
  draw(figure);
  drawable(figure);
}
document.addEventListener("keydown", onKey);
