// Answers on their way to the server: kept in this browser first, sent in order, dropped only when the server says it
// has stored them. A closed laptop or a killed server costs nothing but time.

import { Mail } from "./outbox_mail.js";
import { Shelf } from "./outbox_shelf.js";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15000;
const TURN = 20000; // how long another tab may keep the turn to send
const MOST_STUCK = 3; // slots whose answers the server chokes on before the rest is left for later

export class Outbox {
  // `onChange` hears { count, trouble } and, once for each answer that is done with, also { answer, refused } and what
  // the server replied. Wait for `ready` before asking what is waiting.
  constructor({ assignment, csrfToken, lastSequence = 0, now, onChange }) {
    this.sequenceKey = `lungstudy-sequence-${assignment}`;
    this.turn = `lungstudy-sending-${assignment}`;
    this.lastSequence = lastSequence;
    this.onChange = onChange;
    this.pause = FIRST_PAUSE;
    this.sending = false;
    this.trouble = null; // "unreachable" or "signed out"
    this.shelf = new Shelf(assignment);
    this.mail = new Mail({ assignment, csrfToken, now });
    this.otherTabs = new BroadcastChannel(this.turn);
    this.otherTabs.addEventListener("message", ({ data }) => this.done(data.answer, data.said));
    this.ready = this.shelf.restore();
    for (const name of ["online", "focus", "pageshow"]) window.addEventListener(name, () => this.hurry());
    document.addEventListener("visibilitychange", () => this.hurry());
    window.addEventListener("storage", () => this.changed());
    window.addEventListener("beforeunload", (event) => this.shelf.isOnlyInMemory() && event.preventDefault());
  }

  waiting() {
    return this.shelf.all();
  }

  // Orders revisions by the server's clock, and above all that this browser gave and all that the server had.
  nextSequence() {
    const last = Math.max(this.lastSequence, Number(localStorage.getItem(this.sequenceKey)) || 0);
    this.lastSequence = Math.max(last + 1, this.mail.now());
    try {
      localStorage.setItem(this.sequenceKey, String(this.lastSequence));
    } catch {
      // The storage is full; another tab of this reader goes by the clock.
    }
    return this.lastSequence;
  }

  // `said`: { answer, seconds_open, confidence, comment, marks, viewing }.
  add(url, said) {
    this.shelf.keep({ ...said, url, sequence: this.nextSequence(), client_key: crypto.randomUUID() });
    this.changed();
    this.send();
  }

  changed(done = {}) {
    this.onChange({ count: this.shelf.count(), trouble: this.trouble, ...done });
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    try {
      await this.ready;
      await this.takeTurn();
    } finally {
      this.sending = false;
    }
    if (this.shelf.count()) this.sendLater();
  }

  // One tab sends at a time; the other's answers are in the same storage and go out with it. A tab that was put to sleep
  // in its turn is not waited for: an answer that is sent twice is stored once.
  async takeTurn() {
    try {
      await navigator.locks.request(this.turn, { signal: AbortSignal.timeout(TURN) }, () => this.sendAll());
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      await this.sendAll();
    }
  }

  // The browser often says so a moment before it is true, so the next tries follow closely.
  hurry() {
    if (!this.shelf.count()) return;
    this.pause = FIRST_PAUSE;
    this.send();
  }

  sendLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  // An answer that the server chokes on holds up what else was said of its image, and nothing else.
  async sendAll() {
    const stuck = new Set();
    const next = () => this.waiting().find((answer) => !stuck.has(answer.url));
    for (let answer = next(); answer; answer = next()) {
      const said = await this.mail.post(answer);
      if (!said.trouble) {
        this.trouble = stuck.size ? this.trouble : null;
        this.otherTabs.postMessage({ answer, said });
        this.done(answer, said);
        continue;
      }
      stuck.add(answer.url);
      this.trouble = said.trouble;
      this.changed();
      if (!said.answered || stuck.size === MOST_STUCK) return;
    }
  }

  done(answer, said) {
    this.pause = FIRST_PAUSE;
    this.shelf.drop(answer);
    this.changed({ ...said, answer, refused: !said.saved });
  }
}
