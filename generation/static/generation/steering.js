// Shows which shares of the second condition a row will hold, as the slider moves.

const columns = document.getElementById("id_columns");
const preview = document.getElementById("strip-preview");

function show() {
  const steps = Number(columns.value);
  const shares = Array.from({ length: steps }, (_, at) => `${Math.round((100 * at) / (steps - 1))} %`);
  preview.replaceChildren(...shares.map((share) => Object.assign(document.createElement("span"), { textContent: share })));
}

columns.addEventListener("input", show);
show();
