// The gallery's keys: arrows move, space selects, K, R, U and numbers decide at once and go on; without this module the form does.
const form = document.getElementById("gallery-form");
const tiles = [...document.querySelectorAll("#tiles > li")];
const notice = document.getElementById("gallery-notice");
const token = document.querySelector('meta[name="csrf-token"]').content;
const WORDS = { keep: () => "kept", exclude: (reason) => `rejected: ${reason}`, open: () => "" };
let last = Promise.resolve();
let current = 0;

const box = (tile) => tile.querySelector("input");
const selected = () => tiles.filter((tile) => box(tile).checked);

function show(index) {
  current = Math.max(0, Math.min(tiles.length - 1, index));
  tiles[current].querySelector("a").focus();
  tiles[current].scrollIntoView({ block: "nearest" });
}

function columns() {
  const first = tiles[0].offsetTop;
  const second = tiles.findIndex((tile) => tile.offsetTop > first);
  return second === -1 ? tiles.length : second;
}

function sayState() {
  const count = selected().length;
  document.getElementById("gallery-state").textContent = count ? `${count} selected` : "";
}

function mark(tile, { decision, words }) {
  tile.dataset.decision = decision;
  tile.querySelector(".decision").textContent = words;
}

// One after the other, so that a later decision can never be overtaken by an earlier one.
function store(images, decision, reason, remark) {
  const body = new URLSearchParams({ decision, reason, remark });
  images.forEach((image) => body.append("image", image));
  const sent = last.then(async () => {
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const response = await fetch(form.action, { method: "POST", headers, body, redirect: "error" });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok || !answer.saved) throw new Error(answer.sentence ?? "Reload the page and decide again.");
  });
  last = sent.catch(() => undefined);
  return sent;
}

// The tiles change at once; when storing fails they change back, and the sentence says so.
function decide(decision) {
  const several = selected();
  if (decision === "exclude" && !form.elements.reason.value) return askReason();
  say("");
  const chosen = several.length ? several : [tiles[current]];
  const before = chosen.map((tile) => ({ decision: tile.dataset.decision, words: tile.querySelector(".decision").textContent }));
  const reason = decision === "exclude" ? form.elements.reason.value : "";
  const remark = decision === "exclude" ? form.elements.remark.value.trim() : "";
  const words = WORDS[decision](remark ? `${reason}: ${remark}` : reason);
  chosen.forEach((tile) => mark(tile, { decision, words }));
  chosen.forEach((tile) => (box(tile).checked = false));
  form.elements.remark.value = "";
  sayState();
  if (!several.length) show(current + 1);
  store(chosen.map((tile) => box(tile).value), decision, reason, remark).catch((error) => {
    chosen.forEach((tile, at) => mark(tile, before[at]));
    say(`The decision was not stored. ${error.message}`);
  });
}

function askReason() {
  say("Choose a reason first, or press its number.");
  form.elements.reason.focus();
}

function say(sentence) {
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

function rejectFor(number) {
  const option = form.elements.reason.options[number];
  if (!option) return;
  option.selected = true;
  decide("exclude");
}

function toggle() {
  box(tiles[current]).checked = !box(tiles[current]).checked;
  sayState();
}

const KEYS = {
  ArrowRight: () => show(current + 1),
  ArrowLeft: () => show(current - 1),
  ArrowDown: () => show(current + columns()),
  ArrowUp: () => show(current - columns()),
  " ": toggle,
  k: () => decide("keep"),
  r: () => decide("exclude"),
  u: () => decide("open"),
  c: () => form.requestSubmit(form.querySelector("[formaction]")),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === " " && event.target.matches("button, input")) return;
  const number = Number.parseInt(event.key, 10);
  const action = number ? () => rejectFor(number) : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

if (form) {
  tiles.forEach((tile, index) => {
    tile.addEventListener("focusin", () => (current = index));
    box(tile).addEventListener("change", sayState);
  });
  form.addEventListener("submit", (event) => {
    const decision = event.submitter?.value;
    if (event.submitter?.name !== "decision") return;
    event.preventDefault();
    decide(decision);
  });
  const all = document.getElementById("select-all");
  all.hidden = false;
  all.addEventListener("click", () => {
    const some = tiles.some((tile) => !box(tile).checked);
    tiles.forEach((tile) => (box(tile).checked = some));
    sayState();
  });
  document.addEventListener("keydown", onKey);
}
