// Offer the browser's own time zone in a select that still stands on its default.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const select of document.querySelectorAll("[data-browser-zone] select")) {
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
}
