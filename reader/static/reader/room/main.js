// The reading room: puts its parts together from what the page says of the study, and begins.

import { START, Viewer } from "../viewer/viewer.js";
import { Beside } from "./beside.js";
import { Breaks } from "./breaks.js";
import { Clock } from "./clock.js";
import { Desk } from "./desk.js";
import { open, wireDialogs } from "./dialogs.js";
import { Exposure } from "./exposure.js";
import { Forgetful } from "./forgetful.js";
import { KeyDialog } from "./key_dialog.js";
import { Keys } from "./keys.js";
import { Notices } from "./notices.js";
import { Order } from "./order.js";
import { Outbox } from "./outbox.js";
import { Pictures } from "./pictures.js";
import { Places } from "./places.js";
import { hideToolsWhenIdle } from "./quiet.js";
import { Room } from "./room.js";
import { Saving } from "./saving.js";
import { tellOfSitting } from "./sitting.js";
import { Tools } from "./tools.js";

const element = (id) => document.getElementById(id);
const read = (id) => JSON.parse(element(id).textContent);
const { assignment = "preview", csrfToken, lastSequence = 0, now } = document.body.dataset;
const [protocol, slots, urls] = ["protocol", "slots", "urls"].map(read);
const signIn = urls.sign_in && `${urls.sign_in}?next=${encodeURIComponent(window.location.pathname)}`;
const links = {
  done: urls.done,
  signIn: { href: signIn, textContent: "Sign in" },
  reload: { href: window.location.href, textContent: "Reload" },
  stopped: { href: urls.done, textContent: "How far you came" },
};
const answers = [...document.querySelectorAll("button[data-answer]")];

// ---- the parts

const stage = element("stage");
const clock = new Clock();
const order = new Order(slots, protocol.revising);
const keys = new Keys(protocol.actions);
const viewer = new Viewer(stage, { flip: protocol.allow_flip });
const tools = new Tools({ viewer, keys, bar: element("viewing"), flip: protocol.allow_flip });
const places = new Places(element("places"), viewer, protocol.images);
const notices = new Notices(element("notices"));
const saving = new Saving(element("saving"), signIn);
const desk = new Desk({ ...Object.fromEntries(["progress", "hint", "back", "file", "next"].map((id) => [id, element(id)])), answers, room: document.body });
// Ahead they are made ready as they will be seen: as they start, or as the one before is seen.
const startsAs = protocol.carry_view ? undefined : START;
const pictures = new Pictures(slots.map((slot) => slot.images), (decoded) => viewer.prepare(decoded, startsAs));
const exposure = new Exposure({ limit: protocol.exposure_ms, keeps: !protocol.preview, onOver: () => room.hide() });
const breaks = new Breaks({
  every: protocol.practice ? null : protocol.break_every, seconds: protocol.break_seconds, key: `lungstudy-break-${assignment}-${protocol.session}`,
  dialog: element("break"), onChange: stopClocks, onOver: () => room.show(room.afterBreak),
});
const beside = new Beside({ protocol, viewer, stage, place: element("beside"), onSettled: () => room.file() });
const Box = protocol.preview ? Forgetful : Outbox;
const outbox = new Box({ slots, protocol, assignment, csrfToken, lastSequence: Number(lastSequence), now: Number(now), onChange: hearOutbox });
const room = new Room({ protocol, slots, order, clock, viewer, tools, pictures, exposure, breaks, beside, outbox, notices, desk, links });

viewer.onChange = both(viewer.onChange, () => {
  places.update();
  tools.update();
});

function both(one, other) {
  return () => {
    one?.();
    other();
  };
}

function hearOutbox(said) {
  saving.show(said);
  room.hear(said);
}

function stopClocks() {
  clock.update();
  exposure.update();
}

// ---- keys and clicks

function toggleFullScreen() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => {}); // the browser may not allow it; the room works in a window too
}

// The second click of a double click is none of its own.
function once(action) {
  return (event) => event.detail < 2 && action();
}

function bindKeys() {
  // Digits name pictures or points first; how sure one is comes after.
  const confiding = { live: () => protocol.design === "single" || room.chosen !== null };
  for (const button of answers) keys.on(button.dataset.action, () => answer(button.dataset.answer), { live: () => confidingIsOver(button) });
  for (const [name, run] of Object.entries(beside.actions)) keys.on(name, run, name.startsWith("confidence") ? confiding : {});
  keys.on("back", () => room.back());
  keys.on("on", () => room.on());
  keys.on("help", () => open(element("keys"), stopClocks));
  keys.on("Enter", () => (room.telling ? room.on() : room.file()));
  keys.on("Escape", () => room.takeBack(), { live: () => room.chosen !== null });
}

function confidingIsOver(button) {
  const isDigit = button.dataset.action.includes("-");
  return !(isDigit && protocol.confidence === "keys" && room.chosen !== null);
}

function answer(value) {
  if (room.telling) room.on();
  else room.choose(value);
}

function bindClicks() {
  for (const button of answers) button.addEventListener("click", once(() => answer(button.dataset.answer)));
  element("back").addEventListener("click", () => room.back());
  element("file").addEventListener("click", once(() => room.file()));
  element("next").addEventListener("click", once(() => room.on()));
  element("help").addEventListener("click", () => open(element("keys"), stopClocks));
  element("fullscreen").addEventListener("click", toggleFullScreen);
  element("more").addEventListener("click", () => {
    const shown = document.body.classList.toggle("show-tools");
    element("more").setAttribute("aria-expanded", String(shown));
  });
  // Keys are the room's again after any use of the mouse: Enter is not to press the button that was clicked last.
  document.addEventListener("click", (event) => event.detail && event.target.closest("button:not(dialog button)")?.blur());
}

// ---- entering

async function enter() {
  await outbox.ready;
  const { reviewing } = order;
  // What an earlier visit could not send yet counts as said.
  for (const waiting of outbox.waiting()) order.take(waiting);
  const first = reviewing ? 0 : order.nextUnread(-1);
  if (first === undefined) room.finish();
  else begin(first);
  outbox.changed();
  outbox.send();
  if (!protocol.preview) tellOfSitting({ url: urls.sitting, csrfToken, session: protocol.session });
}

// The first picture of a visit waits for the reader where its time is limited.
function begin(first) {
  room.afterBreak = first;
  if (breaks.resume()) return;
  room.show(first);
  if (order.countRead() === 0 || protocol.exposure_ms) open(element("start"), stopClocks);
}

bindKeys();
bindClicks();
wireDialogs(document.querySelectorAll("dialog"), stopClocks);
new KeyDialog({ dialog: element("keys"), keys, url: urls.keys, csrfToken });
// A page that the browser kept whole is out of date: ask how far this reader is.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
hideToolsWhenIdle(document.body);
if (window.isSecureContext) enter();
else notices.tell("insecure", "The reading room opens over https only. Ask whoever runs this site to serve it that way.");
