// The reading room: shows slots in their stored order and files each verdict under the slot it was given in.

import { answerOf, listenToKeys } from "./keys.js";
import { Clock } from "./clock.js";
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
const pictures = new Pictures(slots.map((slot) => slot.image));
const notices = new Notices(element("notices"));
const saving = new Saving(element("saving"), notices, toSignIn);
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
  const said = slots[index].verdict;
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
  const seconds = clock.seconds();
  shownAt = null;
  slots[current].verdict = verdict;
  const next = order.after(current);
  over = next === undefined;
  if (!over) show(next);
  outbox.add(slots[current].reading, verdict, seconds);
}

function hearOutbox({ count, trouble, answer: done, refused, sentence }) {
  saving.show({ count, trouble });
  if (refused) takeBack(done, sentence);
  else if (sentence) close(sentence);
  else if (over) rest(count);
}
