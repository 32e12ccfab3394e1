// Writes the prompt out of conditions and weights as they change, and asks how many tokens it has.

const form = document.getElementById("combining");
const made = document.getElementById("made-prompt");
const length = document.getElementById("prompt-length");
const PAUSE_MS = 600;
let waiting = 0;

function prompt() {
  const terms = [...form.querySelectorAll("[data-term]")].filter((term) => term.value.trim());
  return terms
    .map((term) => `${term.value.trim()} :${Number(form.elements[`weight${term.dataset.term}`].value)}`)
    .join(" AND ");
}

async function measure() {
  const asked = new URLSearchParams({ generator: form.elements.generator.value, prompt: prompt() });
  const answer = await fetch(`${length.dataset.url}?${asked}`);
  if (answer.ok) length.textContent = (await answer.text()).trim();
}

function show() {
  made.textContent = prompt() || "–";
  clearTimeout(waiting);
  if (prompt()) waiting = setTimeout(measure, PAUSE_MS);
}

form.addEventListener("input", show);
show();
