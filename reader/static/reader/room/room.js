// What happens in the room, one slot after the other: shown, answered, filed under the slot it was given in, and on.

import { progressOf } from "./progress.js";

const SHORTEST_LOOK = 150; // shorter looks are a bounced key, not a reading
const OVER = "The time to look is over. Answer from memory.";
const PATIENCE = 800; // then the last picture goes, lest it be taken for the next one

export class Room {
  // `parts`: { protocol, slots, order, clock, viewer, tools, pictures, exposure, breaks, beside, outbox, notices, desk,
  // links }; the desk is what the reader sees of all this but the pictures.
  constructor(parts) {
    Object.assign(this, parts);
    this.current = null;
    this.shownAt = null; // null while nothing may be answered
    this.chosen = null; // an answer that waits for what else the protocol asks
    this.asked = ""; // the sentence that asks for it
    this.stuck = false; // the picture is not to be had
    this.telling = null; // what practice has to say about the answer just given, or what it waits for
    this.over = false; // the last answer is given and on its way
    this.closed = false; // the study takes no more readings
  }

  // ---- showing

  async show(index) {
    Object.assign(this, { current: index, shownAt: null, chosen: null, telling: null, over: false, stuck: false });
    this.exposure.end();
    const slow = setTimeout(() => this.waitForPicture(index), PATIENCE);
    try {
      this.arrive(index, await this.pictures.get(index));
    } catch (problem) {
      if (!problem.reason) throw problem;
      if (this.current === index) this.sayWhyNot(problem.reason);
    } finally {
      clearTimeout(slow);
    }
  }

  arrive(index, pictures) {
    if (this.current !== index || this.closed) return;
    if (!this.protocol.carry_view) this.tools.fresh();
    this.viewer.show(pictures);
    // Before the browser paints: what has had its time is never seen again.
    const isOver = this.exposure.begin(this.slot);
    if (isOver) this.viewer.mask();
    performance.mark("picture-shown", { detail: index });
    this.shownAt = performance.now();
    this.viewer.forgetLog();
    this.clock.restart();
    this.notices.clear("picture");
    this.beside.reset(this.slot.beside);
    this.describe();
    if (isOver) this.desk.announce(OVER);
    const near = this.order.neighbours(index);
    this.pictures.forgetAllBut([index, ...near]);
    this.pictures.prefetch(near);
  }

  get slot() {
    return this.slots[this.current];
  }

  describe() {
    const { order, current, protocol } = this;
    this.desk.describe({
      pressed: this.chosen ?? this.slot?.answer ?? null,
      progress: progressOf({ slots: this.slots, current: this.over ? null : current, protocol, isNew: Boolean(this.telling) }),
      canGoBack: !this.closed && !this.telling && (this.over ? this.mayLookBack() : order.before(current) !== undefined),
      hint: this.hint(),
      canFile: this.chosen !== null && this.beside.ready(),
    });
  }

  // What the reader has chosen and what is still to be said before it is filed.
  hint() {
    if (this.chosen === null) return "";
    const { label } = this.protocol.answers.find((answer) => answer.value === this.chosen);
    return `${label}. ${this.asked || "Enter files it, or say anew how sure you are."}`;
  }

  waitForPicture(index) {
    if (this.current !== index || this.closed) return;
    this.viewer.blank();
    this.notices.tell("picture", "The next image is on its way. It comes by itself as soon as the site can be reached.");
  }

  sayWhyNot(reason) {
    this.stuck = true;
    this.viewer.blank();
    this.describe();
    if (reason === "signed out") this.notices.tell("picture", "You are signed out. Sign in again to go on where you are.", this.links.signIn);
    else this.notices.tell("picture", "This image is not to be had any more; the study may have closed. Reload the page to see how it stands.", this.links.reload);
  }

  hide() {
    if (this.shownAt === null) return;
    this.viewer.mask();
    if (this.chosen === null) this.desk.announce(OVER);
  }

  // ---- answering

  mayAnswer() {
    return !this.closed && this.shownAt !== null && performance.now() - this.shownAt >= SHORTEST_LOOK && this.order.mayRevise(this.current);
  }

  choose(answer) {
    if (!this.mayAnswer()) return;
    this.chosen = answer;
    // What was said of an image before is shown again, but not taken for said again.
    if (this.beside.ready() && (this.protocol.confidence === "none" || !this.slot.answer)) this.file();
    else this.ask();
  }

  ask() {
    this.asked = this.beside.ask();
    this.describe();
  }

  takeBack() {
    this.chosen = null;
    this.describe();
  }

  file() {
    if (this.chosen === null || this.shownAt === null || !this.beside.ready()) return;
    performance.mark("answered", { detail: this.current });
    const { slot, chosen } = this;
    const isFirst = !slot.answer;
    const [seconds, beside] = [this.clock.seconds(), this.beside.value()];
    Object.assign(slot, { answer: chosen, seconds, beside });
    Object.assign(this, { shownAt: null, chosen: null });
    if (this.protocol.feedback) this.waitToTell(slot);
    this.outbox.add(slot.reading, { answer: chosen, seconds_open: seconds, ...beside, viewing: this.viewing() });
    if (!this.telling) this.goOn(isFirst);
  }

  viewing() {
    const { exposure, clock } = this;
    return { ...this.viewer.log(), focus_losses: clock.losses, ...(exposure.limit && { exposed_ms: exposure.seen() }) };
  }

  goOn(isFirst = false) {
    const next = this.order.after(this.current);
    if (next === undefined) this.finish();
    else if (isFirst && this.breaks.isDue(this.order.countRead())) this.rest(next);
    else this.show(next);
  }

  rest(next) {
    this.exposure.end();
    this.viewer.blank();
    this.afterBreak = next;
    this.breaks.start();
  }

  finish() {
    this.over = true;
    this.shownAt = null;
    this.exposure.end();
    this.viewer.blank();
    this.describe();
    this.leaveWhenSaved();
  }

  leaveWhenSaved() {
    if (!this.outbox.waiting().length) window.location.assign(this.links.done);
  }

  // ---- practice with feedback

  waitToTell(slot) {
    this.telling = { slot };
    this.describe();
    this.desk.tell("Your answer is on its way; what was right is told when it has arrived.");
  }

  tell({ right, answer }) {
    const label = this.protocol.answers.find((one) => one.value === answer)?.label ?? answer;
    const truth = /^\d+$/.test(answer) ? `${label} is the ${this.protocol.target} one.` : `This image is ${label.toLowerCase()}.`;
    const judgement = right === null ? "" : right ? "Right. " : "Not right. ";
    this.desk.tell(judgement + truth);
  }

  // ---- moving about

  back() {
    if (this.chosen !== null) this.takeBack();
    else if (this.over && this.mayLookBack()) this.show(this.current);
    else this.moveTo(this.order.before(this.current));
  }

  mayLookBack() {
    return this.order.revising !== "never";
  }

  // A picture that is not to be had keeps nobody from the others.
  on() {
    if (this.telling) this.goOn(true);
    else this.moveTo(this.stuck ? this.order.past(this.current) : this.order.beyond(this.current));
  }

  moveTo(index) {
    if (index !== undefined && !this.closed && !this.telling && !this.over) this.show(index);
  }

  // ---- what the server says

  hear({ answer: done, refused, sentence, over, feedback }) {
    if (done && !refused) this.notices.clear("refused");
    if (refused) this.giveBack(done, sentence);
    else if (over) this.stop(sentence);
    else if (sentence) this.notices.tell("refused", sentence);
    if (done && !refused && done.url === this.telling?.slot.reading) this.hearOfPractice(feedback);
    if (this.over) this.leaveWhenSaved();
  }

  hearOfPractice(feedback) {
    if (feedback) this.tell(feedback);
    else this.goOn(true);
  }

  // A refused answer is not this reader's: the image is unread again.
  giveBack(answer, sentence) {
    this.order.forget(answer.url);
    this.notices.tell("refused", sentence);
    if (this.over || this.telling) this.goOn();
  }

  // The study has closed under the reader's hands: looking on would be for nothing.
  stop(sentence) {
    Object.assign(this, { closed: true, over: false, shownAt: null, telling: null });
    this.exposure.end();
    this.viewer.blank();
    this.desk.close();
    this.notices.tell("closed", sentence, this.links.stopped);
  }
}
