// Sends decisions to the site one after the other, so that an undo can never overtake what it undoes.
const token = document.querySelector('meta[name="csrf-token"]').content;
let last = Promise.resolve();

async function send(url, decision, reason) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ decision, reason }),
      redirect: "error",
    });
  } catch {
    throw new Error("The site could not be reached, or you were signed out. Reload the page and decide again.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || !answer.saved) throw new Error(answer.sentence ?? "Reload the page and decide again.");
}

// Resolves when the decision is stored; rejects with a sentence when it is not.
export function storeDecision(url, decision, reason) {
  const sent = last.then(() => send(url, decision, reason));
  last = sent.catch(() => undefined);
  return sent;
}
