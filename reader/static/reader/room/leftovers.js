// Sends what the reading room could not send in its time, from any page that a reader comes back to.

import { Outbox } from "./outbox.js";

for (const place of document.querySelectorAll("[data-leftovers]")) {
  const done = { stored: 0, refused: 0 };
  const outbox = new Outbox({
    assignment: place.dataset.leftovers,
    csrfToken: place.dataset.csrfToken,
    onChange({ count, answer, refused, sentence }) {
      if (answer) done[refused ? "refused" : "stored"] += 1;
      place.hidden = count + done.stored + done.refused === 0;
      place.textContent = wordsFor({ count, ...done, sentence: refused ? sentence : "" });
    },
  });
  outbox.ready.then(() => {
    outbox.changed();
    outbox.send();
  });
}

function wordsFor({ count, stored, refused, sentence }) {
  if (count) return `Of your answers, ${count} are still on this computer. They are sent as soon as the site can be reached; leave this page open.`;
  if (refused) return `Of your answers, ${refused} that had waited on this computer could not be taken. ${sentence} Open the study; the images are unread again.`;
  return `Of your answers, ${stored} had waited on this computer and are stored now. What came after the study closed is kept and reported, but not counted.`;
}
