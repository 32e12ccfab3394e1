// Two quick taps of one finger on one spot.

const PAUSE = 320; // milliseconds between them
const NEAR = 24; // CSS pixels

export class Taps {
  constructor(onDouble) {
    this.onDouble = onDouble;
    this.forget();
  }

  forget() {
    this.start = null;
    this.last = null;
  }

  // `counts`: a lone finger, where taps are the viewer's.
  down(event, counts) {
    if (!counts) this.forget();
    else this.start = spotOf(event);
  }

  move(event) {
    if (this.start && isFar(this.start, event)) this.forget();
  }

  up(event) {
    if (!this.start) return;
    const spot = spotOf(event);
    const isSecond = this.last && spot.at - this.last.at < PAUSE && !isFar(this.last, event);
    this.forget();
    if (isSecond) this.onDouble(spot.x, spot.y);
    else this.last = spot;
  }
}

const spotOf = (event) => ({ x: event.clientX, y: event.clientY, at: event.timeStamp });

const isFar = (spot, event) => Math.hypot(event.clientX - spot.x, event.clientY - spot.y) > NEAR;
