// The picture beside the form for a code: drawn anew by the server while one types. Listeners stand
// on the document, as a refused form comes back as a new one.

const WAIT_MS = 250;
const PATIENCE_MS = 900;
const PARTS = ["preview-symbol", "preview-link", "preview-note", "preview-opens"];
const FIELDS = ["short_code", "destination_url"];

let timer = null;
let running = null;
let lastTyped = 0;
const later = new Map();

const formOf = (el) => el.closest?.("form[data-preview-url]");

// The name needs nobody to draw it.
function showName(form) {
  const place = document.getElementById("preview-name");
  const name = form.elements.name.value.trim();
  place.textContent = name || "Name of the code";
  place.classList.toggle("is-empty", !name);
}

async function draw(form) {
  running?.abort();
  const mine = running = new AbortController();
  try {
    const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form), signal: mine.signal });
    // Signed out, or too fast: what stands there stays, and saving will say so.
    if (!answer.ok || answer.redirected) return;
    take(form, await answer.text());
  } catch (error) {
    if (error.name !== "AbortError" && error.name !== "TypeError") throw error;
  }
}

function take(form, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const id of PARTS) {
    const [old, part] = [document.getElementById(id), fresh.content.getElementById(id)];
    if (old && part && !old.isEqualNode(part)) old.replaceWith(part);
  }
  const notes = fresh.content.querySelector("[data-notes]").content;
  for (const name of FIELDS) say(form, name, notes.getElementById(`${name}-note`));
}

// What is well is said at once; what is not may only be half typed, so that waits for a pause.
function say(form, name, note) {
  const field = form.elements[name];
  clearTimeout(later.get(name));
  // A refusal says it already.
  if (!field || document.getElementById(`${name}-error`)) return;
  const isWrong = note.textContent && !note.classList.contains("is-good");
  const pause = lastTyped + PATIENCE_MS - Date.now();
  if (isWrong && document.activeElement === field && pause > 0) {
    write(note.id, document.createElement("p"));
    later.set(name, setTimeout(() => write(note.id, note), pause));
  } else {
    write(note.id, note);
  }
}

// The element itself stays: screen readers listen to it.
function write(id, note) {
  const place = document.getElementById(id);
  if (!place || place.innerHTML === note.innerHTML) return;
  place.classList.toggle("is-good", note.classList.contains("is-good"));
  place.replaceChildren(...[...note.childNodes].map((node) => node.cloneNode(true)));
}

// What the server refused is settled as soon as somebody changes it.
function settle(field) {
  if (field.getAttribute("aria-invalid") !== "true" || !FIELDS.includes(field.name)) return;
  field.removeAttribute("aria-invalid");
  document.getElementById(`${field.name}-error`)?.remove();
}

function onInput(event) {
  const form = formOf(event.target);
  if (!form) return;
  lastTyped = Date.now();
  settle(event.target);
  if (event.target.name === "name") return showName(form);
  clearTimeout(timer);
  timer = setTimeout(() => draw(form), WAIT_MS);
}

function onPut(event) {
  const button = event.target.closest("[data-put]");
  const field = button?.closest(".field").querySelector("input");
  if (!field) return;
  field.value = button.dataset.put;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// An answer that comes late would speak of a form that has gone.
function onSubmit(event) {
  if (!formOf(event.target)) return;
  clearTimeout(timer);
  running?.abort();
  for (const waiting of later.values()) clearTimeout(waiting);
}

document.addEventListener("input", onInput);
document.addEventListener("submit", onSubmit, true);
document.addEventListener("change", (event) => { if (event.target.matches?.("select, [type=checkbox]")) onInput(event); });
document.addEventListener("click", onPut);
// What the browser filled in again on the way back.
addEventListener("pageshow", () => {
  const form = document.querySelector("form[data-preview-url]");
  if (!form || [...form.elements].every((el) => el.defaultValue === undefined || el.value === el.defaultValue)) return;
  showName(form);
  draw(form);
});
