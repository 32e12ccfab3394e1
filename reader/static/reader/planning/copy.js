// Copies the text that a button names; answers come and go, so the page listens for all of them.
function show(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

show(document);
document.addEventListener("htmx:afterSwap", (event) => show(event.target));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl-C";
  }
});
