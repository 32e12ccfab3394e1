// A button that copies the link in the field before it; without a clipboard the field is selected for Ctrl-C.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl-C";
    }
  });
}
// The page with a fresh link answers a form: reloaded, it is shown again, and no second link is made.
for (const link of document.querySelectorAll("[data-shown-at]")) {
  history.replaceState(null, "", link.dataset.shownAt);
}
