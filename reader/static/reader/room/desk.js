// What the reader sees around the picture: the answers' buttons, how far they are, and what is still to be said.

export class Desk {
  constructor({ progress, hint, back, file, next, answers, room }) {
    Object.assign(this, { progress, hint, back, file, next, answers, room });
  }

  describe({ pressed, progress, canGoBack, hint, canFile }) {
    for (const button of this.answers) button.setAttribute("aria-pressed", String(button.dataset.answer === pressed));
    this.say(this.progress, progress);
    this.say(this.hint, hint);
    this.back.disabled = !canGoBack;
    this.file.hidden = !canFile;
    this.next.hidden = true;
    this.room.classList.remove("told");
  }

  // After a practice answer: what was right, until the reader goes on.
  tell(sentence) {
    this.say(this.hint, sentence);
    this.next.hidden = false;
    this.file.hidden = true;
    this.room.classList.add("told");
  }

  announce(sentence) {
    this.say(this.hint, sentence);
  }

  close() {
    for (const button of [...this.answers, this.back, this.file]) button.disabled = true;
    this.say(this.hint, "");
  }

  // The same words again would be read out again.
  say(place, words) {
    if (place.textContent !== words) place.textContent = words;
  }
}
