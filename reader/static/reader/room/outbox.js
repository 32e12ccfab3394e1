// Answers on their way to the server: written to durable storage first, sent in order, dropped only when the
// server says it has stored them. A closed laptop or a killed server costs nothing but time.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15000;
const PATIENCE = 15000;

export class Outbox {
  constructor(name, csrfToken, onChange) {
    this.storageKey = `lungstudy-outbox-${name}`;
    this.sequenceKey = `lungstudy-sequence-${name}`;
    this.csrfToken = csrfToken;
    this.onChange = onChange;
    this.pause = FIRST_PAUSE;
    this.sending = false;
    window.addEventListener("online", () => this.send());
    window.addEventListener("storage", () => this.changed());
  }

  waiting() {
    return JSON.parse(localStorage.getItem(this.storageKey) || "[]");
  }

  // The client's own count orders revisions, also across two tabs and two machines with sane clocks.
  nextSequence() {
    const last = Number(localStorage.getItem(this.sequenceKey) || 0);
    const next = Math.max(last + 1, Date.now());
    localStorage.setItem(this.sequenceKey, String(next));
    return next;
  }

  add(url, verdict, secondsOpen) {
    const answer = { url, verdict, seconds_open: secondsOpen, sequence: this.nextSequence(), client_key: crypto.randomUUID() };
    this.store([...this.waiting(), answer]);
    this.send();
  }

  store(answers) {
    localStorage.setItem(this.storageKey, JSON.stringify(answers));
    this.changed();
  }

  remove(answer) {
    this.store(this.waiting().filter((other) => other.client_key !== answer.client_key));
  }

  changed(problem = {}) {
    this.onChange({ count: this.waiting().length, ...problem });
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    try {
      // One tab sends at a time; the other's answers are in the same storage and go out with it.
      await navigator.locks.request(this.storageKey, () => this.sendAll());
    } finally {
      this.sending = false;
    }
    if (this.waiting().length) this.sendLater();
  }

  sendLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  async sendAll() {
    for (let answer = this.waiting()[0]; answer; answer = this.waiting()[0]) {
      if (!(await this.sendOne(answer))) return;
      this.pause = FIRST_PAUSE;
      this.remove(answer);
    }
  }

  // True when the server is done with this answer: stored, or refused for good.
  async sendOne(answer) {
    const body = new URLSearchParams(answer);
    body.delete("url");
    let response;
    try {
      response = await fetch(answer.url, {
        method: "POST", body, redirect: "manual", keepalive: true,
        headers: { "X-CSRFToken": this.csrfToken }, signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      this.changed();
      return false;
    }
    if (response.type === "opaqueredirect" || response.status === 403) {
      this.changed({ signedOut: true });
      return false;
    }
    const said = await response.json().catch(() => null);
    if (said && said.saved && said.client_key === answer.client_key) {
      if (said.sentence) this.changed({ sentence: said.sentence });
      return true;
    }
    if (said && said.saved === false) {
      this.changed({ sentence: said.sentence, refused: answer });
      return true;
    }
    this.changed();
    return false;
  }
}
