// Says how saving goes: nothing when it works, and what will happen when it does not.

const SENTENCES = {
  unreachable: "kept here, sent when the site is back",
  "signed out": "kept here, sent when you sign in again",
};

export class Saving {
  constructor(place, signIn) {
    this.dot = place.querySelector(".dot");
    this.words = place.querySelector(".words");
    this.link = place.querySelector("a");
    this.link.href = signIn;
  }

  show({ count, trouble }) {
    this.dot.classList.toggle("waiting", count > 0);
    const words = count && trouble ? `${count} waiting to be saved: ${SENTENCES[trouble]}` : "";
    if (this.words.textContent !== words) this.words.textContent = words; // the same words again would be read out again
    this.link.hidden = !(count && trouble === "signed out");
  }
}
