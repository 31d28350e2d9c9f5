// The picture of a visitor's page takes the colour that is chosen, before it is saved. Listeners
// stand on the document, as a refused form comes back as a new one.

const OURS = "#007654";

function read(typed) {
  const found = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(typed.trim());
  if (!found) return null;
  const digits = found[1].length === 6 ? found[1] : found[1].replace(/./g, "$&$&");
  return `#${digits.toLowerCase()}`;
}

// As WCAG 2.2 measures it: white where it is read on the colour, else black.
function textOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5 ? "#ffffff" : "#000000";
}

function show(place, colour) {
  for (const part of place.querySelectorAll("[data-brand]")) part.setAttribute("fill", colour);
  for (const part of place.querySelectorAll("[data-on-brand]")) part.setAttribute(part.dataset.onBrand, textOn(colour));
  place.querySelector("[type=color]").value = colour;
}

document.addEventListener("input", (event) => {
  const place = event.target.closest?.(".brand-field");
  if (!place) return;
  const [own, text] = [place.querySelector("[name=colour][value=own]"), place.querySelector("[name=own_colour]")];
  if (event.target.type === "color") text.value = event.target.value;
  if (event.target.type !== "radio") own.checked = true;
  const chosen = place.querySelector("[name=colour]:checked");
  const colour = read(chosen === own ? text.value : chosen?.value || OURS);
  if (colour) show(place, colour);
});
