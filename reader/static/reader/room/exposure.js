// How long each picture has been seen, where the protocol limits it: counted while it can be seen, kept over a reload,
// and never given back.

const PREFIX = "lungstudy-exposure-";
const STEP = 100; // milliseconds charged ahead, so that a reload in between gives nothing

export class Exposure {
  // `limit`: milliseconds, or null for none. `keeps`: false in a preview. `onOver`: when the time of the picture is up.
  constructor({ limit, keeps = true, onOver }) {
    Object.assign(this, { limit, keeps, onOver, key: null, used: 0, since: null, spent: new Map() });
    document.addEventListener("visibilitychange", () => this.update());
    window.addEventListener("pagehide", () => this.end());
  }

  // Begins to count for the picture of a slot; true where nothing of its time is left.
  begin({ reading, answer }) {
    this.end();
    if (!this.limit) return false;
    this.key = PREFIX + reading;
    // What was answered on another computer was seen there.
    this.used = this.spent.get(this.key) ?? this.kept() ?? (answer ? this.limit : 0);
    if (this.used < this.limit) this.update();
    return this.used >= this.limit;
  }

  end() {
    this.count();
    this.keep(0);
    clearTimeout(this.timer);
    this.key = null;
    this.since = null;
  }

  // Call whenever a dialog opens or closes; the rest it hears by itself.
  update() {
    clearTimeout(this.timer);
    if (!this.key) return;
    this.count();
    const left = this.limit - this.used;
    this.since = left > 0 && canBeSeen() ? performance.now() : null;
    this.keep(this.since === null ? 0 : Math.min(STEP, left));
    if (left <= 0) this.onOver();
    else if (this.since !== null) this.timer = setTimeout(() => this.update(), Math.min(STEP, left));
  }

  seen() {
    this.count();
    return Math.round(Math.min(this.used, this.limit));
  }

  count() {
    if (this.since === null) return;
    const now = performance.now();
    this.used += now - this.since;
    this.since = now;
  }

  kept() {
    const kept = this.keeps ? localStorage.getItem(this.key) : null;
    return kept === null ? null : Number(kept);
  }

  keep(ahead) {
    if (!this.key) return;
    this.spent.set(this.key, this.used);
    try {
      if (this.keeps) localStorage.setItem(this.key, String(Math.round(this.used + ahead)));
    } catch {
      // The browser's storage is full: the time is kept in this tab only.
    }
  }
}

// Not whether the window has the focus: it can be looked at from another one.
function canBeSeen() {
  return document.visibilityState === "visible" && !document.querySelector("dialog[open]");
}
