// The usual question and endpoint of a design, as long as nobody chose others; the server does the same without it.
const question = document.querySelector("[data-questions]");
const endpoint = document.querySelector("[data-fitting]");
const { design, target } = question.form.elements;
const questions = JSON.parse(question.dataset.questions);
const fitting = JSON.parse(endpoint.dataset.fitting);

function ask() {
  const usual = Object.values(questions);
  if (!question.value.trim() || usual.includes(question.value)) question.value = questions[`${design.value} ${target.value}`];
}

function offer() {
  const fit = fitting[design.value];
  for (const option of endpoint.options) option.hidden = option.disabled = !fit.includes(option.value);
  if (!fit.includes(endpoint.value)) [endpoint.value] = fit;
}

function follow() {
  ask();
  offer();
}

design.addEventListener("change", follow);
target.addEventListener("change", ask);
window.addEventListener("pageshow", offer);
