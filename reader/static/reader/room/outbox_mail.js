// One answer sent to the server, and what its reply means. Only our own server's word that it has stored or refused an
// answer ends its waiting: not a proxy's error, not the page of a hotel's network, not somebody else's sign-in.

const PATIENCE = 15000;
const MOST_KEPT_ALIVE = 60000; // browsers let 64 KB go on after a page is closed, and refuse to send more that way

export class Mail {
  // `now`: the server's clock when it made the page; loading the rest may have taken long since.
  constructor({ assignment, csrfToken, now }) {
    const came = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
    Object.assign(this, { assignment, csrfToken, ahead: now + performance.now() - came - Date.now() });
  }

  // Milliseconds by the server's clock, as the page and the last reply told it, whatever this computer's says.
  now() {
    return Math.round(Date.now() + this.ahead);
  }

  // The server's reply when it is done with this answer, stored or refused for good; else { trouble, answered }: what is
  // in the way, and whether anybody answered at all.
  async post(answer) {
    let { response, said } = await this.send(answer);
    if (response && said?.saved !== true && mayBeSomebodyElse(response)) {
      const sight = await this.lookAround();
      if (sight !== "at home") return { trouble: sight, answered: false };
      // Signed in again in another tab, which makes this page's token void.
      ({ response, said } = await this.send(answer));
    }
    if (!response) return { trouble: "unreachable", answered: false };
    if (said?.saved === true && said.client_key === answer.client_key) return this.noteTime(response, said);
    return said?.saved === false ? said : { trouble: "unreachable", answered: true };
  }

  async send(answer) {
    const body = bodyOf(answer);
    try {
      const response = await fetch(answer.url, {
        method: "POST", body, redirect: "manual", keepalive: String(body).length < MOST_KEPT_ALIVE,
        headers: { "X-CSRFToken": this.csrfToken }, signal: AbortSignal.timeout(PATIENCE),
      });
      return { response, said: await response.json().catch(() => null) };
    } catch {
      return {};
    }
  }

  noteTime(response, said) {
    const time = Date.parse(response.headers.get("Date"));
    if (time) this.ahead = time - Date.now();
    return said;
  }

  // Asks for this very page: it tells whether this reader is still signed in, and holds a fresh token if so.
  async lookAround() {
    try {
      const response = await fetch(window.location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (!response.ok && response.status !== 404) return "unreachable";
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const ours = page.querySelector(`[data-assignment="${this.assignment}"], [data-leftovers="${this.assignment}"]`);
      if (!ours) return "signed out";
      this.csrfToken = ours.dataset.csrfToken;
      return "at home";
    } catch {
      return "unreachable";
    }
  }
}

// A redirect leads to signing in, 403 says that the page's token is void, 404 that the image is another reader's.
const mayBeSomebodyElse = (response) => response.type === "opaqueredirect" || [403, 404].includes(response.status);

function bodyOf({ client_key, sequence, answer, seconds_open, confidence, comment = "", marks = [], viewing = {} }) {
  // What is no number would have the whole answer refused.
  const numbers = Object.fromEntries(Object.entries(viewing).filter(([, value]) => Number.isFinite(value)));
  return new URLSearchParams({
    client_key, sequence, answer, seconds_open, confidence: confidence ?? "", comment,
    marks: JSON.stringify(marks), viewing: JSON.stringify(numbers),
  });
}
