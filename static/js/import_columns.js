// Beside each choice of a column: what stands in it; below, which columns are left out.
const place = document.getElementById("import-columns");
const [rows, columns] = [JSON.parse(place.dataset.rows), JSON.parse(place.dataset.columns)];

function sayLeftOut() {
  const used = new Set([...document.querySelectorAll("[data-import-column]")].map((one) => one.value));
  const left = columns.map((name, at) => name || `Column ${at + 1}`).filter((_, at) => !used.has(String(at)));
  const said = document.getElementById("import-left");
  said.hidden = !left.length;
  said.querySelector("span").textContent = left.join(", ");
}

document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.importColumn;
  const values = name && document.getElementById(`${name}-values`);
  if (!values) return;
  const column = Number(target.value);
  values.textContent = Number.isNaN(column)
    ? ""
    : rows.map((row) => row[column]).filter(Boolean).join(" · ");
  sayLeftOut();
});
// What a browser filled in by itself when one came back.
addEventListener("pageshow", sayLeftOut);
