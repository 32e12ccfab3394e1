// Elements of the room that are made in the browser.

export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// What is written on the button or label of something that a key does too; the room keeps the key up to date.
export function keyed(words, name, key) {
  if (!key) return [words];
  const print = make("kbd", {}, key);
  print.dataset.keyOf = name;
  return [`${words} `, print];
}

const SVG = "http://www.w3.org/2000/svg";

export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  element.append(...children);
  return element;
}

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
