// Shows a field only while another one has a value that it means something with; without this module all are shown.
function follow(control) {
  const other = control.form.elements[control.dataset.needs];
  const values = control.dataset.values.split(" ");
  const place = control.closest("[data-field]");
  const show = () => { place.hidden = !values.includes(other.value); };
  other.addEventListener("change", show);
  // The browser's Back button fills the form after this module ran.
  window.addEventListener("pageshow", show);
  show();
}

for (const control of document.querySelectorAll("[data-needs]")) follow(control);
