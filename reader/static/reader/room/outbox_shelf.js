// Where answers wait: in the browser's storage, which all tabs see at once; in a second copy, which is on disk when the
// browser is killed or its storage is full; and in memory, should somebody clear both under an open page.

import { SecondCopy } from "./outbox_copy.js";

export class Shelf {
  constructor(assignment) {
    this.prefix = `lungstudy-answer-${assignment}-`;
    this.copy = new SecondCopy(assignment);
    this.held = new Map(); // this page's own, by client key
    this.copied = new Set();
  }

  // Brings back what only the second copy has.
  async restore() {
    for (const answer of await this.copy.all()) if (!localStorage.getItem(this.prefix + answer.client_key)) this.keep(answer);
  }

  // One entry for each answer, so that two tabs can add and remove at the same moment without losing one.
  keep(answer) {
    this.held.set(answer.client_key, answer);
    try {
      localStorage.setItem(this.prefix + answer.client_key, JSON.stringify(answer));
    } catch {
      // The storage is full: there is still the copy, and leaving asks first where that fails too.
    }
    this.copy.put(answer).then((isDone) => isDone && this.copied.add(answer.client_key));
  }

  drop({ client_key }) {
    this.held.delete(client_key);
    this.copied.delete(client_key);
    localStorage.removeItem(this.prefix + client_key);
    this.copy.remove(client_key);
  }

  keys() {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
  }

  count() {
    return new Set([...this.keys(), ...this.held.keys()]).size;
  }

  all() {
    const answers = new Map(this.keys().map((key) => [key, this.stored(key)]));
    for (const [key, answer] of this.held) answers.set(key, answer);
    return [...answers.values()].filter(Boolean).sort((one, other) => one.sequence - other.sequence);
  }

  // What cannot be read is nothing that could be sent.
  stored(key) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + key));
    } catch {
      localStorage.removeItem(this.prefix + key);
      return null;
    }
  }

  // Whether closing the page would lose an answer.
  isOnlyInMemory() {
    return [...this.held.keys()].some((key) => !this.copied.has(key) && !localStorage.getItem(this.prefix + key));
  }
}
