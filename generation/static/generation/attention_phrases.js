// Adds a structure that the prompt names to the phrases whose attention is kept.
const field = document.getElementById("id_attend");

document.addEventListener("click", (event) => {
  const phrase = event.target.closest("[data-attend]")?.dataset.attend;
  if (!phrase) return;
  const written = field.value.trim().replace(/,$/, "");
  field.value = written ? `${written}, ${phrase}` : phrase;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
