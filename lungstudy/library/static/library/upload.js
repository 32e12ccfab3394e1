// The import pages: shows how far an upload is, refuses too many files before they are sent, hides what does not apply.
const words = () => document.getElementById("upload-words");
const bar = () => document.getElementById("upload-bar");

function say(sentence, isProblem = false) {
  words().textContent = sentence;
  words().classList.toggle("text-danger", isProblem);
}

function showNewDatasetFields() {
  const fields = document.getElementById("new-dataset");
  if (fields) fields.hidden = document.getElementById("id_dataset").value !== "";
}

document.addEventListener("change", (event) => {
  if (event.target.id === "id_dataset") showNewDatasetFields();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "import") return;
  // Not `form.dataset`: that is the field of this name.
  const most = Number(event.target.getAttribute("data-most-files"));
  if (document.getElementById("id_images").files.length <= most) return;
  event.preventDefault();
  say(`More than ${most} files are chosen. Put them into a zip and choose that.`, true);
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total } = event.detail;
  if (!bar() || !total) return;
  bar().hidden = false;
  bar().value = loaded / total;
  say(loaded < total ? `Sending, ${Math.floor((100 * loaded) / total)} %. Keep this page open.` : "Sent; starting the import.");
});
document.addEventListener("htmx:afterSettle", showNewDatasetFields);
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    if (words()) say("The files could not be sent. Reload the page and send them again.", true);
  });
}
showNewDatasetFields();
