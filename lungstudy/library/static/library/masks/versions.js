// The list of versions beside the stage: shows an old one as an outline, and takes in those that are saved.

import { layerOf } from "../../lungstudy/masks/layer.js";

const OLD = [230, 159, 0];

export class Versions {
  constructor(list, template, onShow) {
    Object.assign(this, { list, template, onShow });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-mask]");
      if (button) this.toggle(button);
    });
  }

  async toggle(button) {
    const shows = button.getAttribute("aria-pressed") !== "true";
    for (const each of this.list.querySelectorAll("button[data-mask]")) each.setAttribute("aria-pressed", String(shows && each === button));
    this.onShow(shows ? await layerOf(button.dataset.mask, OLD) : null, shows ? button.dataset.number : "");
  }

  show(number) {
    const button = this.list.querySelector(`button[data-number="${number}"]`);
    if (button?.getAttribute("aria-pressed") === "false") this.toggle(button);
  }

  // A version that was filed meanwhile, by this page or by somebody else, becomes the first of the list.
  add(version) {
    if (this.list.querySelector(`button[data-number="${version.number}"]`)) return;
    const item = this.template.content.firstElementChild.cloneNode(true);
    for (const place of item.querySelectorAll("[data-field]")) place.textContent = version[place.dataset.field];
    const button = item.querySelector("button[data-mask]");
    Object.assign(button.dataset, { mask: version.url, number: version.number });
    item.querySelector("input[name=number]").value = version.number;
    this.list.prepend(item);
    for (const input of this.list.querySelectorAll("input[name=based_on]")) input.value = version.number;
    [...this.list.children].forEach((each, at) => {
      each.querySelector("form").hidden = at === 0;
      each.querySelector("[data-newest]").hidden = at > 0;
    });
  }
}
