// The reading room: shows slots in their stored order and files each verdict under the slot it was given in.

import { Clock } from "./clock.js";
import { Outbox } from "./outbox.js";
import { Pictures } from "./pictures.js";
import { Viewer } from "./viewer.js";

// Shorter looks are a bounced key, not a reading.
const SHORTEST_LOOK = 150;

const element = (id) => document.getElementById(id);
const slots = JSON.parse(element("slots").textContent);
const viewer = new Viewer(element("picture"));
const pictures = new Pictures(slots);
const clock = new Clock();
const csrfToken = document.querySelector("meta[name=csrf-token]").content;
const outbox = new Outbox(document.body.dataset.assignment, csrfToken, showSaving);
const buttons = [...document.querySelectorAll("button[data-verdict]")];

let current = -1;
let shownAt = null; // null while nothing may be answered

function countRead() {
  return slots.filter((slot) => slot.verdict).length;
}

function nextUnread(after) {
  const order = [...slots.keys()];
  const later = [...order.slice(after + 1), ...order.slice(0, after + 1)];
  return later.find((index) => !slots[index].verdict);
}

function showSaving({ count, sentence, signedOut, refused }) {
  element("saving").querySelector(".dot").classList.toggle("waiting", count > 0);
  element("saving-words").textContent = count ? `${count} waiting to be saved; they are kept here and sent again by themselves` : "Saved";
  if (refused) forget(refused);
  if (signedOut) notice("You are signed out. Your answers are kept here; sign in again and they are sent.", document.body.dataset.signIn);
  else if (sentence) notice(sentence);
  if (!count && finished()) leave();
}

// A refused answer is not this reader's verdict: the slot shows as unread again.
function forget(answer) {
  const slot = slots.find((candidate) => candidate.reading === answer.url);
  if (slot) slot.verdict = null;
}

function notice(sentence, link) {
  const box = element("notice");
  box.replaceChildren(sentence);
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link, textContent: " Sign in" });
    box.append(anchor);
  }
  box.hidden = false;
}

function finished() {
  return current === -2;
}

function leave() {
  window.location.assign(document.body.dataset.thanks);
}

function neighbours(index) {
  const unread = [];
  for (let at = index, left = 3; left > 0; left -= 1) {
    const next = nextUnread(at);
    if (next === undefined || next === index || unread.includes(next)) break;
    unread.push(next);
    at = next;
  }
  return unread.concat(index + 1 < slots.length ? [index + 1] : [], index > 0 ? [index - 1] : []);
}

async function show(index) {
  current = index;
  shownAt = null;
  const picture = await pictures.get(index);
  if (current !== index) return;
  viewer.show(picture);
  performance.mark("picture-shown", { detail: index });
  shownAt = performance.now();
  clock.restart();
  const said = slots[index].verdict;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === said));
  element("progress").textContent = `${countRead()} of ${slots.length} read · image ${index + 1}`;
  element("back").disabled = index === 0;
  const near = neighbours(index);
  pictures.prefetch(near);
  pictures.forgetAllBut([index, ...near]);
}

function answer(verdict) {
  if (shownAt === null || performance.now() - shownAt < SHORTEST_LOOK) return;
  performance.mark("answered", { detail: current });
  const slot = slots[current];
  outbox.add(slot.reading, verdict, clock.seconds());
  slot.verdict = verdict;
  goOn();
}

function goOn() {
  const next = nextUnread(current);
  if (next !== undefined) {
    show(next);
    return;
  }
  current = -2;
  shownAt = null;
  element("progress").textContent = `All ${slots.length} read`;
  if (!outbox.waiting().length) leave();
}

function step(by) {
  const index = current + by;
  if (shownAt !== null && index >= 0 && index < slots.length) show(index);
}

function onKey(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || event.target.matches("input, textarea, select")) return;
  const button = buttons.find((candidate) => candidate.dataset.verdict[0] === event.key.toLowerCase());
  if (button) answer(button.dataset.verdict);
  else if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "ArrowRight") step(1);
  else if (event.key === "?") element("keys").showModal();
  else return;
  event.preventDefault();
}

function begin() {
  element("start").close();
  clock.update();
}

document.addEventListener("keydown", onKey);
for (const button of buttons) button.addEventListener("click", () => answer(button.dataset.verdict));
element("back").addEventListener("click", () => step(-1));
element("help").addEventListener("click", () => element("keys").showModal());
element("close-keys").addEventListener("click", () => element("keys").close());
element("begin").addEventListener("click", begin);
element("start").addEventListener("close", () => clock.restart());
element("fullscreen").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});

// What an earlier visit could not send yet counts as said.
for (const waiting of outbox.waiting()) {
  const slot = slots.find((candidate) => candidate.reading === waiting.url);
  if (slot) slot.verdict = waiting.verdict;
}

const first = nextUnread(-1);
show(first === undefined ? 0 : first);
if (countRead() === 0) element("start").showModal();
outbox.changed();
outbox.send();
