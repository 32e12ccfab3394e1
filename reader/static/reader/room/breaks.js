// Forced breaks: after so many answers the room rests for so many seconds, also for whoever reloads the page.

export class Breaks {
  // `key`: where this session's break is kept. `onChange`: when the dialog opens or closes; `onOver`: to go on reading.
  constructor({ every, seconds, key, dialog, onChange, onOver }) {
    Object.assign(this, { every, seconds, key, dialog, onChange, onOver, until: 0 });
    this.left = dialog.querySelector("[data-left]");
    this.button = dialog.querySelector("button");
    this.button.addEventListener("click", () => dialog.close());
    dialog.addEventListener("cancel", (event) => this.isRunning() && event.preventDefault());
    dialog.addEventListener("close", () => this.closed());
  }

  isDue(answers) {
    return Boolean(this.every) && answers > 0 && answers % this.every === 0;
  }

  start() {
    this.rest(Date.now() + this.seconds * 1000);
    try {
      localStorage.setItem(this.key, String(this.until));
    } catch {
      // The browser's storage is full: a reload would end this break.
    }
  }

  // Goes on with a break that a reload cut; true where there is one.
  resume() {
    const until = Number(localStorage.getItem(this.key) || 0);
    // Never longer than a whole break, whatever became of the clock.
    if (this.every && until > Date.now()) this.rest(Math.min(until, Date.now() + this.seconds * 1000));
    return this.isRunning();
  }

  isRunning() {
    return this.until > Date.now();
  }

  rest(until) {
    this.until = until;
    this.dialog.showModal();
    this.onChange();
    this.tick();
  }

  tick() {
    clearTimeout(this.timer);
    const seconds = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
    this.left.textContent = seconds ? `You can go on in ${clockTime(seconds)}.` : "You can go on.";
    this.button.disabled = seconds > 0;
    if (seconds) this.timer = setTimeout(() => this.tick(), 250);
    else this.button.focus();
  }

  closed() {
    if (this.isRunning()) this.dialog.showModal(); // some browsers close a dialog at the second Escape
    else {
      this.onChange();
      this.onOver();
    }
  }
}

const clockTime = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
