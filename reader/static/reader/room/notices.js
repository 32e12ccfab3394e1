// Sentences over the picture, one for each kind of trouble, gone when the trouble is.

export class Notices {
  constructor(box) {
    this.box = box;
    this.shown = new Map();
  }

  tell(kind, sentence, link = null) {
    if (this.shown.get(kind)?.dataset.sentence === sentence) return;
    this.clear(kind);
    const paragraph = document.createElement("p");
    paragraph.dataset.sentence = sentence;
    paragraph.append(sentence);
    if (link) paragraph.append(" ", Object.assign(document.createElement("a"), link));
    this.shown.set(kind, paragraph);
    this.box.append(paragraph);
  }

  clear(kind) {
    this.shown.get(kind)?.remove();
    this.shown.delete(kind);
  }
}
