// Triage: one picture large, the queue below, one key for each decision; every decision is stored at once.
import { storeDecision } from "./decisions.js";

const page = (id) => document.getElementById(`triage-${id}`);
const WORDS = { keep: "kept", exclude: "excluded", open: "" };
const LOADED_AHEAD = 2;

const queue = JSON.parse(document.getElementById("queue")?.textContent ?? "[]");
const undoable = [];
let current = 0;

const tiles = queue.map((image, index) => {
  const tile = document.createElement("button");
  tile.type = "button";
  tile.classList.toggle("is-flagged", image.flags.length > 0);
  const picture = document.createElement("img");
  picture.src = image.thumbnail;
  picture.loading = "lazy";
  picture.alt = image.name || `Picture ${index + 1}`;
  const decision = document.createElement("span");
  decision.className = "decision";
  tile.append(picture, decision);
  tile.addEventListener("click", () => show(index));
  const item = document.createElement("li");
  item.append(tile);
  page("queue").append(item);
  mark(tile, image);
  return tile;
});

function mark(tile, image) {
  tile.dataset.decision = image.decision;
  tile.querySelector(".decision").textContent = WORDS[image.decision];
}

function show(index) {
  current = Math.max(0, Math.min(queue.length - 1, index));
  const image = queue[current];
  page("image").src = image.picture;
  page("image").alt = image.name || `Picture ${current + 1}`;
  page("name").textContent = image.name || `Picture ${current + 1}`;
  page("name").href = image.page;
  page("facts").textContent = image.facts.join(", ");
  page("flags").replaceChildren(...[...image.flags, ...image.notes].map(listItem));
  askReason(false);
  tiles.forEach((tile, at) => tile.setAttribute("aria-current", String(at === current)));
  tiles[current].scrollIntoView({ block: "nearest", inline: "center" });
  sayState();
  for (const next of queue.slice(current + 1, current + 1 + LOADED_AHEAD)) new Image().src = next.picture;
}

function listItem(sentence) {
  const item = document.createElement("li");
  item.textContent = sentence;
  return item;
}

function sayState() {
  const image = queue[current];
  const reason = image.decision === "exclude" ? `: ${image.reason}` : "";
  page("state").textContent = WORDS[image.decision] ? `This one is ${WORDS[image.decision]}${reason}.` : "Not decided yet.";
  const left = queue.filter((each) => each.decision === "open").length;
  page("progress").textContent = `${current + 1} of ${queue.length}, ${left} undecided`;
  page("undo").disabled = undoable.length === 0;
}

function askReason(open) {
  page("reasons").hidden = !open;
  page("exclude").setAttribute("aria-expanded", String(open));
}

function decide(decision, reason = "") {
  undoable.push({ index: current, decision: queue[current].decision, reason: queue[current].reason });
  set(current, decision, reason);
  const next = queue.findIndex((image, index) => index > current && image.decision === "open");
  show(next === -1 ? current : next);
}

function undo() {
  const last = undoable.pop();
  if (!last) return;
  set(last.index, last.decision, last.reason);
  show(last.index);
}

// The picture changes at once; when storing fails it changes back, and the sentence says so.
function set(index, decision, reason) {
  const image = queue[index];
  const before = { decision: image.decision, reason: image.reason };
  Object.assign(image, { decision, reason });
  mark(tiles[index], image);
  sayState();
  storeDecision(image.decide, decision, reason).then(clearNotice, (error) => {
    Object.assign(image, before);
    mark(tiles[index], image);
    show(index);
    page("notice").textContent = `${image.name || "This picture"}: the decision was not stored. ${error.message}`;
    page("notice").hidden = false;
  });
}

function clearNotice() {
  page("notice").hidden = true;
}

const reasons = [...document.querySelectorAll("#triage-reasons [data-reason]")];
const KEYS = {
  ArrowRight: () => show(current + 1),
  ArrowDown: () => show(current + 1),
  ArrowLeft: () => show(current - 1),
  ArrowUp: () => show(current - 1),
  k: () => decide("keep"),
  x: () => askReason(page("reasons").hidden),
  u: undo,
  Escape: () => askReason(false),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const reason = page("reasons").hidden ? undefined : reasons[Number(event.key) - 1];
  const action = reason ? () => reason.click() : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

if (queue.length) {
  page("keep").addEventListener("click", () => decide("keep"));
  page("exclude").addEventListener("click", () => askReason(page("reasons").hidden));
  page("undo").addEventListener("click", undo);
  reasons.forEach((button) => button.addEventListener("click", () => decide("exclude", button.dataset.reason)));
  document.addEventListener("keydown", onKey);
  show(0);
}
