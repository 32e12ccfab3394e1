// Answers on their way to the server: kept in this browser first, sent in order, dropped only when the server says it
// has stored them. A closed laptop or a killed server costs nothing but time.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15000;
const PATIENCE = 15000;

export class Outbox {
  // `onChange` hears { count, trouble } and, once for each answer that is done with, { answer, refused, sentence }.
  constructor({ assignment, csrfToken, lastSequence = 0, onChange }) {
    this.prefix = `lungstudy-answer-${assignment}-`;
    this.sequenceKey = `lungstudy-sequence-${assignment}`;
    this.csrfToken = csrfToken;
    this.lastSequence = lastSequence;
    this.onChange = onChange;
    this.onlyInMemory = [];
    this.pause = FIRST_PAUSE;
    this.sending = false;
    this.trouble = null; // "unreachable" or "signed out"
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("storage", () => this.changed());
    window.addEventListener("beforeunload", (event) => this.onlyInMemory.length && event.preventDefault());
  }

  // One entry for each answer, so that two tabs can add and remove at the same moment without losing one.
  waiting() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    const stored = keys.map((key) => JSON.parse(localStorage.getItem(key))).filter(Boolean);
    return [...stored, ...this.onlyInMemory].sort((one, other) => one.sequence - other.sequence);
  }

  // Orders revisions: above all that this browser gave and all that the server had, whatever a clock says.
  nextSequence() {
    const last = Math.max(this.lastSequence, Number(localStorage.getItem(this.sequenceKey) || 0));
    this.lastSequence = Math.max(last + 1, Date.now());
    return this.lastSequence;
  }

  add(url, said, secondsOpen) {
    const answer = { url, answer: said, seconds_open: secondsOpen, sequence: this.nextSequence(), client_key: crypto.randomUUID() };
    try {
      localStorage.setItem(this.prefix + answer.client_key, JSON.stringify(answer));
      localStorage.setItem(this.sequenceKey, String(answer.sequence));
    } catch {
      this.onlyInMemory.push(answer); // the browser's storage is full: leaving asks first
    }
    this.changed();
    this.send();
  }

  remove(answer) {
    localStorage.removeItem(this.prefix + answer.client_key);
    this.onlyInMemory = this.onlyInMemory.filter((other) => other.client_key !== answer.client_key);
  }

  changed(done = {}) {
    this.onChange({ count: this.waiting().length, trouble: this.trouble, ...done });
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    // One tab sends at a time; the other's answers are in the same storage and go out with it.
    try {
      await navigator.locks.request(this.prefix, () => this.sendAll());
    } finally {
      this.sending = false;
    }
    if (this.waiting().length) this.sendLater();
  }

  // The browser often says so a moment before it is true, so the next tries follow closely.
  hurry() {
    this.pause = FIRST_PAUSE;
    this.send();
  }

  sendLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  async sendAll() {
    for (let answer = this.waiting()[0]; answer; answer = this.waiting()[0]) {
      const said = await this.post(answer);
      this.trouble = said.trouble || null;
      if (this.trouble) {
        this.changed();
        return;
      }
      this.pause = FIRST_PAUSE;
      this.remove(answer);
      this.changed({ answer, refused: !said.saved, sentence: said.sentence });
    }
  }

  // What the server said when it is done with this answer, stored or refused for good; else what stands in the way.
  async post(answer) {
    const { url, ...fields } = answer;
    let response;
    try {
      response = await fetch(url, {
        method: "POST", body: new URLSearchParams(fields), redirect: "manual", keepalive: true,
        headers: { "X-CSRFToken": this.csrfToken }, signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return { trouble: "unreachable" };
    }
    if (response.type === "opaqueredirect" || response.status === 403) return { trouble: "signed out" };
    const said = await response.json().catch(() => ({}));
    const done = said.saved === false || (said.saved === true && said.client_key === answer.client_key);
    return done ? said : { trouble: "unreachable" };
  }
}
