// Shows an image's recipe over the gallery; without this module the tile is a link to the image's page.

const dialog = document.getElementById("recipe-dialog");

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === dialog && !dialog.open) dialog.showModal();
});

dialog.addEventListener("click", (event) => {
  const outside = event.target === dialog;
  if (outside || event.target.closest("[data-close]")) dialog.close();
});
