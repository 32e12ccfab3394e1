// The reading room: shows slots in their stored order and files each verdict under the slot it was given in.

import { Clock } from "./clock.js";
import { listenToKeys } from "./keys.js";
import { Notices } from "./notices.js";
import { Order } from "./order.js";
import { Outbox } from "./outbox.js";
import { Pictures } from "./pictures.js";
import { Saving } from "./saving.js";
import { Viewer } from "./viewer.js";
import { hideToolsWhenIdle } from "./quiet.js";

const SHORTEST_LOOK = 150; // shorter looks are a bounced key, not a reading
const PATIENCE = 800; // then the last picture goes, lest it be taken for the next one

const element = (id) => document.getElementById(id);
const { assignment, csrfToken, lastSequence, thanks, signIn } = document.body.dataset;
const toSignIn = { href: signIn, textContent: "Sign in" };
const toHere = { href: window.location.href, textContent: "Reload" };

const slots = JSON.parse(element("slots").textContent);
const buttons = [...document.querySelectorAll("button[data-verdict]")];
const order = new Order(slots);
const clock = new Clock();
const viewer = new Viewer(element("picture"));
const pictures = new Pictures(slots.map((slot) => slot.images[0]));
const notices = new Notices(element("notices"));
const saving = new Saving(element("saving"), signIn);
const outbox = new Outbox({ assignment, csrfToken, lastSequence: Number(lastSequence), onChange: hearOutbox });

let current = 0;
let shownAt = null; // null while nothing may be answered
let over = false; // the last answer is given and on its way
let closed = false; // the study takes no more readings

async function show(index) {
  current = index;
  shownAt = null;
  over = false;
  const slow = setTimeout(() => waitForPicture(index), PATIENCE);
  try {
    arrive(index, await pictures.get(index));
  } catch (problem) {
    if (current === index) sayWhyNot(problem.reason);
  } finally {
    clearTimeout(slow);
  }
}

function arrive(index, picture) {
  if (current !== index || closed) return;
  viewer.show(picture);
  performance.mark("picture-shown", { detail: index });
  shownAt = performance.now();
  clock.restart();
  notices.clear("picture");
  describe(index);
  const near = order.neighbours(index);
  pictures.forgetAllBut([index, ...near]);
  pictures.prefetch(near);
}

function describe(index) {
  const said = slots[index].answer;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === said));
  element("progress").textContent = `${order.countRead()} of ${order.length} read · image ${index + 1}`;
  element("back").disabled = index === 0;
}

function waitForPicture(index) {
  if (current !== index || closed) return;
  viewer.blank();
  notices.tell("picture", "The next image is on its way. It comes by itself as soon as the site can be reached.");
}

function sayWhyNot(reason) {
  viewer.blank();
  if (reason === "signed out") notices.tell("picture", "You are signed out. Sign in again to go on where you are.", toSignIn);
  else notices.tell("picture", "This image is not to be had any more; the study may have closed. Reload the page to see how it stands.", toHere);
}

function answer(verdict) {
  if (closed || shownAt === null || performance.now() - shownAt < SHORTEST_LOOK) return;
  performance.mark("answered", { detail: current });
  shownAt = null;
  slots[current].answer = verdict;
  outbox.add(slots[current].reading, verdict, clock.seconds());
  goOn();
}

function goOn() {
  const next = order.after(current);
  if (next === undefined) finish();
  else show(next);
}

function finish() {
  over = true;
  shownAt = null;
  viewer.blank();
  element("progress").textContent = `All ${order.length} read`;
  leaveWhenSaved();
}

function leaveWhenSaved() {
  if (!outbox.waiting().length) window.location.assign(thanks);
}

function step(by) {
  const index = over ? current : current + by;
  if (!closed && order.has(index)) show(index);
}

function hearOutbox({ count, trouble, answer: done, refused, sentence }) {
  saving.show({ count, trouble });
  if (done && !refused) notices.clear("refused");
  if (refused) takeBack(done, sentence);
  else if (sentence) stop(sentence);
  else if (over) leaveWhenSaved();
}

// A refused answer is not this reader's verdict: the image is unread again.
function takeBack(answer, sentence) {
  order.set(answer.url, null);
  notices.tell("refused", sentence);
  if (over) goOn();
}

// The study has closed under the reader's hands: looking on would be for nothing.
function stop(sentence) {
  closed = true;
  over = false;
  viewer.blank();
  for (const button of [...buttons, element("back")]) button.disabled = true;
  notices.tell("closed", sentence, { href: thanks, textContent: "How far you came" });
}

function open(dialog) {
  dialog.showModal();
  clock.update();
}

function toggleFullScreen() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => {}); // the browser may not allow it; the room works in a window too
}

// The second click of a double click is none of its own.
function once(action) {
  return (event) => event.detail < 2 && action();
}

function enter() {
  const reviewing = order.reviewing;
  // What an earlier visit could not send yet counts as said.
  for (const waiting of outbox.waiting()) order.set(waiting.url, waiting.answer);
  if (reviewing) show(0);
  else if (order.countRead() === order.length) finish();
  else show(order.nextUnread(-1));
  if (order.countRead() === 0) open(element("start"));
  outbox.changed();
  outbox.send();
}

listenToKeys({ verdicts: buttons.map((button) => button.dataset.verdict), answer, step, help: () => open(element("keys")) });
for (const button of buttons) button.addEventListener("click", once(() => answer(button.dataset.verdict)));
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("close", () => clock.update());
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
}
element("back").addEventListener("click", () => step(-1));
element("help").addEventListener("click", () => open(element("keys")));
element("fullscreen").addEventListener("click", toggleFullScreen);
// A page that the browser kept whole is out of date: ask how far this reader is.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
hideToolsWhenIdle(document.body);
if (window.isSecureContext) enter();
else notices.tell("insecure", "The reading room opens over https only. Ask whoever runs this site to serve it that way.");
