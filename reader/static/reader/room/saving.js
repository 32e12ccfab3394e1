// Says how saving goes: nothing when it works, and what will happen when it does not.

export class Saving {
  constructor(place, notices, signIn) {
    this.dot = place.querySelector(".dot");
    this.words = place.querySelector(".words");
    this.notices = notices;
    this.signIn = signIn;
  }

  show({ count, trouble }) {
    this.dot.classList.toggle("waiting", count > 0);
    const words = count && trouble ? `${count} waiting to be saved` : "";
    if (this.words.textContent !== words) this.words.textContent = words;
    this.tell(count && trouble);
  }

  tell(trouble) {
    for (const kind of ["unreachable", "signed out"]) if (kind !== trouble) this.notices.clear(kind);
    if (trouble === "unreachable") {
      this.notices.tell(trouble, "The site cannot be reached. Go on reading: your answers are kept on this computer and saved by themselves as soon as it can.");
    } else if (trouble === "signed out") {
      this.notices.tell(trouble, "You are signed out. Your answers are kept on this computer and saved when you sign in again.", this.signIn);
    }
  }
}
