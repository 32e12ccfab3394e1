// A double click sends a form once: the second would only hear that the link is used.
for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Coming back by the browser's Back button shows the form again, unsent.
  window.addEventListener("pageshow", () => { sent = false; });
}
