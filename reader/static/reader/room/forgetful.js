// The outbox of a preview: takes every answer and keeps none.

export class Forgetful {
  constructor({ onChange }) {
    this.onChange = onChange;
  }

  get ready() {
    return Promise.resolve();
  }

  waiting() {
    return [];
  }

  add(url, said) {
    queueMicrotask(() => this.onChange({ count: 0, trouble: null, answer: { url, ...said } }));
  }

  changed() {}

  send() {}
}
