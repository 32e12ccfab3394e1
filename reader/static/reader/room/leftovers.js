// Sends what the reading room could not send in its time, from any page that a reader comes back to.

import { Outbox } from "./outbox.js";

for (const place of document.querySelectorAll("[data-leftovers]")) {
  let arrived = 0;
  const outbox = new Outbox({
    assignment: place.dataset.leftovers,
    csrfToken: place.dataset.csrfToken,
    onChange({ count, answer }) {
      if (answer) arrived += 1;
      place.hidden = count === 0 && arrived === 0;
      place.textContent = count
        ? `Of your answers, ${count} are still on this computer. They are sent as soon as the site can be reached; leave this page open.`
        : `Of your answers, ${arrived} had waited on this computer and are stored now. What came after the study closed is kept and reported, but not counted.`;
    },
  });
  outbox.changed();
  outbox.send();
}
