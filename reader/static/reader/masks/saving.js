// Store boxes one after the other, so that the last one drawn is the last one stored; say so where it fails.

const csrfToken = document.querySelector("meta[name=csrf-token]").content;
const status = document.getElementById("saving");
const waiting = new Map(); // address -> boxes that are not stored yet
let sending = null;

async function send(address, boxes) {
  const response = await fetch(address, {
    method: "POST", body: JSON.stringify(boxes),
    headers: { "X-CSRFToken": csrfToken, "Content-Type": "application/json" },
  });
  if (response.headers.get("Content-Type") !== "application/json") throw new Error("not the site's own answer");
  return response.json();
}

async function sendAll() {
  for (const [address, boxes] of waiting) {
    const said = await send(address, boxes);
    if (!said.saved) throw new Error(said.sentence);
    if (waiting.get(address) === boxes) waiting.delete(address);
  }
}

function explain(error) {
  const lost = error instanceof TypeError || error.message === "not the site's own answer";
  const sentence = lost ? "The site does not answer, or you are signed out." : error.message;
  status.textContent = `Not saved: ${sentence} Change a box again to retry, or reload the page.`;
  status.classList.add("text-danger");
}

export async function save(address, boxes) {
  waiting.delete(address);
  waiting.set(address, boxes);
  if (sending) return;
  status.classList.remove("text-danger");
  status.textContent = "Saving…";
  sending = (async () => { while (waiting.size) await sendAll(); })();
  try {
    await sending;
    status.textContent = "Saved";
  } catch (error) {
    explain(error);
  } finally {
    sending = null;
  }
}

export const allSaved = () => waiting.size === 0;

addEventListener("beforeunload", (event) => { if (!allSaved()) event.preventDefault(); });
