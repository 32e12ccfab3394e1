// Moments in which nobody waits for the browser: a picture just shown is on screen before the next one is worked on.

const LONGEST = 500; // milliseconds to wait for one

// Safari tells of none.
const ask = window.requestIdleCallback ?? ((act) => setTimeout(act, 50));

export function whenIdle(act) {
  ask(act, { timeout: LONGEST });
}
