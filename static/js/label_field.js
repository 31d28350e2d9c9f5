// The labels of a code: written with commas between them, or put there and taken away by a click.
// Listeners stand on the document, as a refused form comes back as a new one.

const keyOf = (name) => name.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
const namesIn = (field) => field.value.split(",").map((name) => name.trim()).filter(Boolean);

function show(place) {
  const field = place.querySelector("input");
  const keys = new Set(namesIn(field).map(keyOf));
  for (const button of place.querySelectorAll("[data-label]")) {
    button.setAttribute("aria-pressed", String(keys.has(keyOf(button.dataset.label))));
  }
}

function toggle(button) {
  const place = button.closest(".label-field");
  const field = place.querySelector("input");
  const [key, names] = [keyOf(button.dataset.label), namesIn(field)];
  const left = names.filter((name) => keyOf(name) !== key);
  field.value = (left.length < names.length ? left : [...names, button.dataset.label]).join(", ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const showAll = () => document.querySelectorAll(".label-field").forEach(show);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".label-field [data-label]");
  if (button) toggle(button);
});
document.addEventListener("input", (event) => {
  const place = event.target.closest?.(".label-field");
  if (place) show(place);
});
document.addEventListener("htmx:after:swap", showAll);
addEventListener("pageshow", showAll);
showAll();
