// An agent's triggers: its form has as many rows as there may be. Those that are not used are hidden
// here, and a row that is taken away says "not used", as it would without this script.

const UNITS = { time: "seconds", idle: "seconds", scroll: "percent", utm: "", exit: "" };
const EXAMPLES = { time: "20", idle: "60", scroll: "50", utm: "campaign=spring" };

const list = document.getElementById("triggers");
const rows = [...list.querySelectorAll("[data-trigger]")];
const adding = list.querySelector("[data-trigger-add]");
const part = (row, name) => row.querySelector(`[name$="-${name}"]`);

function arrange(row) {
  const kind = part(row, "kind").value;
  const value = part(row, "value").parentElement;
  value.hidden = kind === "exit" || !kind;
  value.classList.toggle("is-number", Boolean(UNITS[kind]));
  value.querySelector("[data-trigger-unit]").textContent = UNITS[kind] ?? "";
  part(row, "value").placeholder = EXAMPLES[kind] ?? "";
  const label = { utm: "Campaign, such as campaign=spring", scroll: "Percent" }[kind] ?? "Seconds";
  value.querySelector("label").textContent = label;
  part(row, "text").parentElement.hidden = part(row, "action").value === "open";
}

function count() {
  adding.hidden = !rows.some((row) => row.hidden);
}

// Whoever guards or previews the form hears of it.
const tell = (row) => part(row, "kind").dispatchEvent(new Event("input", { bubbles: true }));

function add() {
  const row = rows.find((one) => one.hidden);
  list.querySelector(".field-hint").before(row);
  row.hidden = false;
  part(row, "kind").value = "time";
  part(row, "value").value ||= EXAMPLES.time;
  arrange(row);
  count();
  tell(row);
  part(row, "kind").focus();
}

function remove(row) {
  part(row, "kind").value = "";
  row.hidden = true;
  count();
  tell(row);
  adding.focus();
}

for (const row of rows) {
  // What is wrong is always seen.
  row.hidden = !part(row, "kind").value && !row.querySelector(".field-error");
  arrange(row);
}
count();

list.addEventListener("change", (event) => {
  const row = event.target.closest("[data-trigger]");
  if (!row) return;
  const value = part(row, "value");
  // Nobody chose that number: another kind wants another.
  if (event.target === part(row, "kind") && ["", ...Object.values(EXAMPLES)].includes(value.value)) {
    value.value = UNITS[event.target.value] ? EXAMPLES[event.target.value] : "";
  }
  arrange(row);
});
list.addEventListener("click", (event) => {
  if (event.target.closest("[data-trigger-add]")) add();
  const removing = event.target.closest("[data-trigger-remove]");
  if (removing) remove(removing.closest("[data-trigger]"));
});
