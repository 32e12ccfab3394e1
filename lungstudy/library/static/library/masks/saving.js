// Sends a drawing; sending the same drawing again files it once, since its key stays the same.

const token = () => document.querySelector('meta[name="csrf-token"]').content;

export class NotSaved extends Error {
  constructor(sentence, meanwhile) {
    super(sentence);
    this.meanwhile = meanwhile; // the version that somebody else saved
  }
}

export class Saver {
  constructor(url) {
    this.url = url;
    this.of = undefined;
    this.key = "";
  }

  // Resolves to the version that was filed; rejects with a sentence when none was.
  async save(drawing, basedOn, comment) {
    if (this.of !== drawing.last) this.key = crypto.randomUUID();
    this.of = drawing.last;
    const body = new FormData();
    body.append("drawing", await drawing.asFile(), "mask.png");
    for (const [name, value] of Object.entries({ based_on: basedOn, request_key: this.key, comment })) body.append(name, value);
    const response = await this.sent(body);
    const answer = await response.json().catch(() => ({}));
    if (response.ok && answer.saved) return answer.version;
    throw new NotSaved(answer.sentence ?? "The site did not store the drawing; it is still here. Try again.", answer.meanwhile);
  }

  async sent(body) {
    try {
      return await fetch(this.url, { method: "POST", headers: { "X-CSRFToken": token() }, body, redirect: "error" });
    } catch {
      throw new NotSaved("The site could not be reached, or you were signed out. The drawing is still here; try again.");
    }
  }
}
