// The designer: every change is drawn by the server, and after a pause checked by its decoders.
// Undo and redo go through whole states of the form. Listeners stand on the document, as a refused
// form comes back as a new one.

const DRAW_MS = 60;
const CHECK_MS = 450;
const STEP_MS = 500;

let drawing, checking, stepping;
let states = [];
let place = -1;

const form = () => document.getElementById("design-form");
const fields = () => [...form().elements].filter((el) => el.name && !["csrf_token", "seen", "template_name", "file"].includes(el.name));

function read() {
  const state = {};
  for (const el of fields()) {
    if (el.type === "checkbox") state[el.name] = el.checked;
    else if (el.type !== "radio") state[el.name] = el.value;
    else if (el.checked) state[el.name] = el.value;
  }
  return state;
}

function write(state) {
  for (const el of fields()) {
    const value = state[el.name];
    if (value === undefined) continue;
    if (el.type === "checkbox") el.checked = value;
    else if (el.type === "radio") el.checked = el.value === String(value);
    else el.value = value;
  }
  show();
}

// What stands beside fields: the well of a colour, the number of a slider.
function show() {
  for (const line of form().querySelectorAll("[data-colour]")) {
    const [hex, well] = [line.querySelector(".colour-hex"), line.querySelector("[data-well]")];
    const found = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex.value.trim());
    if (found) well.value = `#${found[1].length === 6 ? found[1] : found[1].replace(/./g, "$&$&")}`.toLowerCase();
  }
  for (const out of form().querySelectorAll("output[data-unit]")) {
    const value = Number(document.getElementById(out.htmlFor).value) * Number(out.dataset.times);
    out.textContent = `${Number(value.toFixed(2))}${out.dataset.unit}`;
  }
}

function keep() {
  const state = read();
  if (place >= 0 && JSON.stringify(states[place]) === JSON.stringify(state)) return;
  states = [...states.slice(0, place + 1), state].slice(-100);
  place = states.length - 1;
  buttons();
}

function buttons() {
  document.querySelector("[data-undo]").disabled = place <= 0;
  document.querySelector("[data-redo]").disabled = place >= states.length - 1;
}

function draw() {
  clearTimeout(drawing);
  clearTimeout(checking);
  drawing = setTimeout(() => htmx.trigger("#design-stage", "studio:draw"), DRAW_MS);
  checking = setTimeout(() => htmx.trigger("#design-verdict", "studio:check"), CHECK_MS);
  document.getElementById("design-verdict").classList.add("is-old");
}

// A drag of a slider, or a word that is typed, is one step.
function changed(isWhole) {
  show();
  draw();
  clearTimeout(stepping);
  if (isWhole) keep();
  else stepping = setTimeout(keep, STEP_MS);
}

function step(by) {
  clearTimeout(stepping);
  keep();
  if (!states[place + by]) return;
  place += by;
  write(states[place]);
  buttons();
  draw();
}

// Fields of a design as they come from a template or an advice; null is a colour's "none".
function take(design, isWhole) {
  const state = isWhole ? { ...plain() } : read();
  for (const [name, value] of Object.entries(design)) {
    if (`${name}_none` in state) state[`${name}_none`] = value === null;
    if (value !== null) state[name] = String(value);
  }
  if (isWhole) for (const name of ["frame_text", "logo"]) if (!(name in design)) state[name] = read()[name];
  write(state);
  keep();
  draw();
}

function plain() {
  return {
    foreground: "#000000", gradient: "none", gradient_end: "#000000", gradient_angle: "45", background: "#ffffff", background_none: false,
    module_shape: "square", eye_frame_shape: "square", eye_ball_shape: "square", eye_frame_colour_none: true, eye_ball_colour_none: true,
    quiet_zone: "4", error_correction: "M", logo_share: "0.22", logo_padding: "0.5", logo_backdrop: "square", frame: "none",
    frame_colour_none: true, frame_text_colour: "#ffffff",
  };
}

function onInput(event) {
  const el = event.target;
  if (!el.closest?.("#design-form") || el.type === "file" || el.name === "template_name") return;
  const line = el.closest("[data-colour]");
  if (el.matches("[data-well]")) line.querySelector(".colour-hex").value = el.value;
  // Whoever chooses a colour wants it.
  if (line && el.type !== "checkbox") untick(line);
  changed(el.type === "radio" || el.type === "checkbox");
}

// Said before megabytes are sent in vain; the server looks again.
function refuseLarge(event) {
  const field = event.target;
  if (!field.matches?.("#design-form [data-most-bytes]")) return;
  const [file, said] = [field.files[0], document.getElementById("file-error")];
  const isLarge = file?.size > Number(field.dataset.mostBytes);
  said.hidden = !isLarge;
  if (!isLarge) return;
  event.stopPropagation();
  const size = `${(file.size / 1048576).toFixed(1)} MiB`;
  said.querySelector("span").textContent = `This file has ${size}, and a logo may have 1. Save it smaller, or as SVG.`;
  field.value = "";
}

function untick(line) {
  const none = line.querySelector("[type=checkbox]");
  if (none) none.checked = false;
}

function onClick(event) {
  const button = event.target.closest("button");
  if (!button || !form()) return;
  if ("undo" in button.dataset) step(-1);
  else if ("redo" in button.dataset) step(1);
  else if (button.dataset.putColour) {
    const line = button.closest("[data-colour]");
    line.querySelector(".colour-hex").value = button.dataset.putColour;
    untick(line);
    changed(true);
  } else if (button.dataset.design) {
    take(JSON.parse(button.dataset.design), button.classList.contains("template-pick"));
  }
}

function onKey(event) {
  // Enter in the name of a template saves that, and does not leave with the design.
  if (event.key === "Enter" && event.target.id === "template_name") {
    event.preventDefault();
    event.target.parentElement.querySelector("button").click();
    return;
  }
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || !form()) return;
  // Within a text the browser's own undo is meant.
  if (event.target.matches?.("input[type=text], textarea")) return;
  event.preventDefault();
  step(event.shiftKey ? 1 : -1);
}

document.addEventListener("change", refuseLarge, true);
document.addEventListener("input", onInput);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (target?.id === "design-verdict") target.classList.remove("is-old");
  if (document.getElementById("design-logos") && target?.id === "design-logos") changed();
});
addEventListener("pageshow", () => {
  if (!form()) return;
  show();
  keep();
});
