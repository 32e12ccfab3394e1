// Counts only the time in which the picture could be looked at: tab visible, window focused, no dialog open.

const LONGEST = 86400; // a room left open over a weekend still gives a time that the server takes

export class Clock {
  constructor() {
    this.total = 0;
    this.since = null;
    this.losses = 0; // how often the reader looked away: to another window or another tab
    window.addEventListener("focus", () => this.update());
    window.addEventListener("blur", () => this.lookAway());
    document.addEventListener("visibilitychange", () => this.update());
  }

  looking() {
    return document.visibilityState === "visible" && document.hasFocus() && !document.querySelector("dialog[open]");
  }

  // Call whenever a dialog opens or closes; the rest it hears by itself.
  update() {
    const now = performance.now();
    if (this.since !== null) this.total += now - this.since;
    this.since = this.looking() ? now : null;
  }

  lookAway() {
    this.losses += 1;
    this.update();
  }

  restart() {
    this.total = 0;
    this.losses = 0;
    this.since = this.looking() ? performance.now() : null;
  }

  seconds() {
    this.update();
    return Math.min(Math.round(this.total) / 1000, LONGEST);
  }
}
