// Tables of results sort by a press on a column's title: numbers by size, what is undefined last.
const numberOf = (cell) => (cell.dataset.value === "" ? NaN : Number(cell.dataset.value ?? cell.textContent));

const compare = (column, sign) => (one, other) => {
  const [a, b] = [one, other].map((row) => numberOf(row.cells[column]));
  if (Number.isNaN(a) && Number.isNaN(b)) {
    return sign * one.cells[column].textContent.localeCompare(other.cells[column].textContent, "en", { numeric: true });
  }
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1;
  return sign * (a - b);
};

function sortBy(table, header, column) {
  const direction = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
  const [body] = table.tBodies;
  body.append(...[...body.rows].sort(compare(column, direction === "ascending" ? 1 : -1)));
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sortBy(table, header, column));
  });
}
