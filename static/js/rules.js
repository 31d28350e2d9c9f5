// The rules of a code: what a button does comes back as the whole list; while one types, only what
// reads it back is drawn anew, so that the field at hand stays as it is. All listeners stand on the
// document, as the list is replaced.

const WAIT_MS = 250;
const EDGE_PX = 70;

let timer = null;
let running = null;
let drag = null;

const formIn = () => document.getElementById("rules-editor");
const cardsIn = () => [...document.querySelectorAll("#rule-list > .rule-card")];
const keptCards = () => cardsIn().filter((card) => !card.classList.contains("is-removed"));

// Buttons

// htmx sends a form where the form says; a button of it may say otherwise.
function followButton({ detail: { ctx } }) {
  const button = ctx.request.submitter;
  if (button?.form?.id === "rules-editor" && button.hasAttribute("formaction")) ctx.request.action = button.getAttribute("formaction");
}

// As if a button had been pressed that stands nowhere.
function press(act) {
  const form = formIn();
  const button = document.createElement("button");
  button.name = "act";
  button.value = act;
  button.hidden = true;
  button.setAttribute("formaction", form.dataset.draftUrl);
  form.append(button);
  form.requestSubmit(button);
}

function onRedrawn() {
  const form = formIn();
  if (!form) return;
  if (form.dataset.said) announce(form.dataset.said);
  const place = form.querySelector("[autofocus]");
  if (!place || form.querySelector("[aria-invalid=true]") === document.activeElement) return;
  // A long list was replaced by its search field.
  (place.hidden ? place.nextElementSibling?.querySelector("input") : place)?.focus();
}

// Screen readers hear it.
function announce(text) {
  const place = document.getElementById("rules-said");
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}

// Reading back while one types

function readSoon() {
  clearTimeout(timer);
  timer = setTimeout(read, WAIT_MS);
}

async function read() {
  const form = formIn();
  running?.abort();
  const mine = running = new AbortController();
  try {
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: new FormData(form), headers, signal: mine.signal });
    // Signed out, or too fast: what stands there stays, and saving will say so.
    if (!answer.ok || answer.redirected) return;
    take(await answer.text());
  } catch (error) {
    if (error.name !== "AbortError" && error.name !== "TypeError") throw error;
  }
}

function take(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of fresh.content.querySelectorAll("[data-part]")) {
    const old = document.getElementById(part.id);
    if (old && !old.isEqualNode(part)) old.replaceWith(part);
  }
  formIn().toggleAttribute("data-unsaved", fresh.content.querySelector("form")?.hasAttribute("data-unsaved") ?? false);
}

// What the server refused is settled as soon as somebody changes it.
function settle(field) {
  if (field.getAttribute("aria-invalid") !== "true") return;
  for (const id of (field.getAttribute("aria-describedby") ?? "").split(" ")) {
    if (id.endsWith("-error")) document.getElementById(id)?.remove();
  }
  field.removeAttribute("aria-invalid");
}

function onInput(event) {
  if (event.target.form !== formIn() || !formIn()) return;
  settle(event.target);
  document.querySelector("#dry-run > *")?.classList.add("is-stale");
  if (event.target.matches("[data-switch]")) event.target.closest(".rule-card").classList.toggle("is-off", !event.target.checked);
  if (!event.target.matches("[data-redraw]")) readSoon();
}

function onChange(event) {
  if (event.target.form !== formIn() || !formIn()) return;
  if (event.target.matches("[data-redraw]")) press(`focus:${event.target.id}`);
  else onInput(event);
}

function onKey(event) {
  if (event.key === "Escape" && drag) return endDrag(true);
  if (event.key !== "Enter" || !event.target.matches?.("input.option-more")) return;
  event.preventDefault();
  if (event.target.value.trim()) press(`focus:${event.target.id}`);
}

// Order, by the buttons and by dragging

function moveTo(card, place) {
  const others = keptCards().filter((one) => one !== card);
  const list = document.getElementById("rule-list");
  if (place >= others.length) list.append(card);
  else list.insertBefore(card, others[place]);
}

function settleOrder(card) {
  const kept = keptCards();
  kept.forEach((one, at) => {
    one.querySelector("[id$='-up']").disabled = at === 0;
    one.querySelector("[id$='-down']").disabled = at === kept.length - 1;
  });
  formIn().setAttribute("data-unsaved", "");
  document.querySelector("#dry-run > *")?.classList.add("is-stale");
  announce(`Now rule ${kept.indexOf(card) + 1} of ${kept.length}.`);
  readSoon();
}

function onMove(event) {
  const button = event.target.closest?.(".rule-move");
  if (!button || button.disabled) return;
  event.preventDefault();
  const card = button.closest(".rule-card");
  const step = button.value.startsWith("up") ? -1 : 1;
  moveTo(card, keptCards().indexOf(card) + step);
  settleOrder(card);
  // At an end of the list the other direction is what is left.
  (button.disabled ? card.querySelector(".rule-move:not(:disabled)") : button)?.focus();
}

function startDrag(event) {
  const grip = event.target.closest?.(".rule-grip");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const card = grip.closest(".rule-card");
  drag = { card, from: keptCards().indexOf(card) };
  card.classList.add("is-dragged");
  grip.setPointerCapture(event.pointerId);
}

function onDrag(event) {
  if (!drag) return;
  if (event.clientY < EDGE_PX) scrollBy(0, -14);
  else if (event.clientY > innerHeight - EDGE_PX) scrollBy(0, 14);
  const others = keptCards().filter((one) => one !== drag.card);
  const place = others.findIndex((one) => {
    const box = one.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  const wanted = place < 0 ? others.length : place;
  if (keptCards().indexOf(drag.card) !== wanted) moveTo(drag.card, wanted);
}

function endDrag(isUndone) {
  if (!drag) return;
  const { card, from } = drag;
  drag = null;
  card.classList.remove("is-dragged");
  if (isUndone) moveTo(card, from);
  else if (keptCards().indexOf(card) !== from) settleOrder(card);
}

// The dry run is drawn by another part of the house, which knows past scans.

async function onDryRun(event) {
  const button = event.target.closest?.("[data-dry-run]");
  if (!button) return;
  event.preventDefault();
  const place = document.getElementById("dry-run");
  button.classList.add("is-busy");
  try {
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
    const answer = await fetch(button.getAttribute("formaction"), { method: "POST", body: new FormData(formIn()), headers });
    if (answer.redirected) throw new Error("signed out");
    if (answer.ok || answer.status === 422) place.innerHTML = await answer.text();
    else announce("The dry run did not work. Try again.");
    place.scrollIntoView({ block: "nearest" });
    place.querySelector("h2")?.focus();
  } finally {
    button.classList.remove("is-busy");
  }
}

document.addEventListener("htmx:config:request", followButton);
document.addEventListener("htmx:after:swap", onRedrawn);
document.addEventListener("input", onInput);
document.addEventListener("change", onChange);
document.addEventListener("keydown", onKey);
document.addEventListener("click", onMove);
document.addEventListener("click", onDryRun);
document.addEventListener("pointerdown", startDrag);
document.addEventListener("pointermove", onDrag);
document.addEventListener("pointerup", () => endDrag(false));
document.addEventListener("pointercancel", () => endDrag(true));
document.addEventListener("submit", (event) => {
  if (event.target !== formIn()) return;
  clearTimeout(timer);
  running?.abort();
}, true);
document.addEventListener("click", (event) => {
  // "Discard" says it already.
  if (event.target.closest?.("[data-leave]") && !event.ctrlKey && !event.metaKey) formIn().dataset.leaving = "true";
});
