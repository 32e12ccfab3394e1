// Which slot comes next: the stored order, with what this reader has said so far.

const AHEAD = 5;

export class Order {
  // `revising`: which answers may be changed, by the protocol: "any", "last" or "never".
  constructor(slots, revising) {
    this.slots = slots;
    this.revising = revising;
    this.reviewing = this.nextUnread(-1) === undefined;
  }

  get length() {
    return this.slots.length;
  }

  countRead() {
    return this.slots.filter((slot) => slot.answer).length;
  }

  // The first unread slot after this one, round to those that were passed over.
  nextUnread(index) {
    const all = [...this.slots.keys()];
    return [...all.slice(index + 1), ...all.slice(0, index + 1)].find((at) => !this.slots[at].answer);
  }

  // Where an answer leads; looking through a finished study, that is simply the next image.
  after(index) {
    const next = this.nextUnread(index);
    if (next === undefined && this.reviewing && this.has(index + 1)) return index + 1;
    return next;
  }

  // Where "back" leads: to the image before, or to the one answered last, or nowhere.
  before(index) {
    if (this.revising === "any") return this.has(index - 1) ? index - 1 : undefined;
    const last = this.slots.findLastIndex((slot) => slot.answer);
    return this.revising === "last" && last >= 0 && last < index ? last : undefined;
  }

  // Where "on" leads: past an answer always, past an unread image only where one may come back to it.
  beyond(index) {
    if (this.revising === "any") return this.has(index + 1) ? index + 1 : undefined;
    return this.slots[index].answer ? this.nextUnread(index) : undefined;
  }

  // Past a picture that is not to be had.
  past(index) {
    return this.has(index + 1) ? index + 1 : undefined;
  }

  mayRevise(index) {
    return !this.slots[index].answer || index === this.before(this.length) || this.revising === "any";
  }

  has(index) {
    return index >= 0 && index < this.length;
  }

  // What may be asked for next, most likely first.
  neighbours(index) {
    const unread = [...this.slots.keys()].filter((at) => at > index && !this.slots[at].answer).slice(0, AHEAD);
    const likely = [this.after(index), ...unread, index + 1, index - 1];
    return [...new Set(likely)].filter((at) => at !== undefined && at !== index && this.has(at));
  }

  // What an earlier visit said and could not send yet is this reader's last word, with all that was said beside it.
  take({ url, answer, seconds_open: seconds, confidence = null, comment = "", marks = [] }) {
    Object.assign(this.slotAt(url) ?? {}, { answer, seconds, beside: { confidence, comment, marks } });
  }

  // A refused answer is not this reader's verdict.
  forget(address) {
    Object.assign(this.slotAt(address) ?? {}, { answer: null });
  }

  slotAt(address) {
    return this.slots.find((candidate) => candidate.reading === address);
  }
}
