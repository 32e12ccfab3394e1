// How far a reader is, and how long the rest will take at their own pace.

const FEWEST = 5; // answers before a pace is told
const MINUTE = 60;

// `isNew`: the answer on screen has just been given, and is not looked at again.
export function progressOf({ slots, current, protocol, isNew = false }) {
  const read = slots.filter((slot) => slot.answer).length;
  const head = protocol.practice ? "Practice: " : protocol.sessions > 1 ? `Session ${protocol.session}: ` : "";
  if (read === slots.length && current === null) return `${head}All ${slots.length} read`;
  const again = current !== null && slots[current].answer && !isNew ? ` · image ${current + 1} again` : "";
  return `${head}${read} of ${slots.length} read${again || timeLeft(slots, slots.length - read)}`;
}

function timeLeft(slots, unread) {
  const seconds = slots.filter((slot) => slot.answer && slot.seconds).map((slot) => slot.seconds);
  if (seconds.length < FEWEST || !unread) return "";
  return `, about ${inWords((median(seconds) * unread) / MINUTE)} left`;
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function inWords(minutes) {
  if (minutes < 1.5) return "a minute";
  if (minutes < 90) return `${Math.round(minutes)} minutes`;
  return `${Math.round(minutes / 30) / 2} hours`;
}
