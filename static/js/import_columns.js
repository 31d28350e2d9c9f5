// Beside each choice of a column: what stands in it.
const rows = JSON.parse(document.getElementById("import-columns").dataset.rows);

document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.importColumn;
  const values = name && document.getElementById(`${name}-values`);
  if (!values) return;
  const place = Number(target.value);
  values.textContent = Number.isNaN(place)
    ? ""
    : rows.map((row) => row[place]).filter(Boolean).join(" · ");
});
