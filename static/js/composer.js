// The composer: a draft outlives reloads and whatever is drawn anew around it; a slash finds canned
// replies; who waits on the other side sees that somebody types.

const SAY_TYPING_MS = 3_000;

const thread = document.querySelector("[data-thread]");
const place = () => document.querySelector("[data-composer]");
const fields = () => [...(place()?.querySelectorAll("[data-draft]") ?? [])];
const keyOf = (field) => `pitchbar-draft-${thread.dataset.key}-${field.dataset.draft}`;
const isCoarse = matchMedia("(pointer: coarse)");
let typedAt = 0;
let now = "reply";

// Drafts

function restoreDrafts() {
  for (const field of fields()) {
    const kept = sessionStorage.getItem(keyOf(field));
    if (kept && !field.value) field.value = kept;
  }
}

function keepDraft(field) {
  if (field.value) sessionStorage.setItem(keyOf(field), field.value);
  else sessionStorage.removeItem(keyOf(field));
}

// Reply or note

function choose(mode) {
  now = mode;
  place().dataset.now = mode;
  for (const tab of place().querySelectorAll("[data-mode]")) tab.setAttribute("aria-selected", String(tab.dataset.mode === mode));
}

// Canned replies: a slash at the beginning filters them, Enter takes the first

function canned() {
  const list = place().querySelector("[data-canned]");
  return { menu: list.closest("details"), options: [...list.querySelectorAll("[data-shortcut]")] };
}

function filterCanned(field) {
  const { menu, options } = canned();
  const typed = /^\/([a-z0-9-]*)$/i.exec(field.value)?.[1]?.toLowerCase();
  const first = options.find((one) => typed !== undefined && one.dataset.shortcut.startsWith(typed));
  for (const one of options) {
    one.hidden = typed !== undefined && !one.dataset.shortcut.startsWith(typed);
    one.classList.toggle("is-first", one === first);
  }
  if (typed !== undefined && first) menu.open = true;
  else if (menu.open && !menu.contains(document.activeElement)) menu.open = false;
  return first;
}

function insert(field, text, replaced) {
  field.value = replaced ? text : field.value + (field.value && !/\s$/.test(field.value) ? " " : "") + text;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  keepDraft(field);
}

function onClick(event) {
  const tab = event.target.closest("[data-mode]");
  if (tab) { choose(tab.dataset.mode); place().querySelector(`[data-draft=${tab.dataset.mode}]`).focus(); return; }
  const option = event.target.closest("[data-insert]");
  const mention = event.target.closest("[data-mention]");
  if (!option && !mention) return;
  (option ?? mention).closest("details").open = false;
  const field = place().querySelector(`[data-draft=${option ? "reply" : "note"}]`);
  if (option) insert(field, option.dataset.insert, field.value.startsWith("/"));
  else insert(field, `@${mention.dataset.mention} `, false);
}

function onInput(event) {
  const field = event.target;
  if (!field.matches?.("[data-draft]")) return;
  keepDraft(field);
  if (field.dataset.draft !== "reply") {
    if (field.value.endsWith("@")) openMembers(field);
    return;
  }
  filterCanned(field);
  if (Date.now() - typedAt > SAY_TYPING_MS && field.value && !field.value.startsWith("/")) {
    typedAt = Date.now();
    const body = new URLSearchParams({ csrf_token: thread.dataset.csrf });
    fetch(thread.dataset.typingUrl, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => {});
  }
}

function openMembers(field) {
  field.value = field.value.slice(0, -1);
  place().querySelector("[data-members]").closest("details").open = true;
  place().querySelector("[data-mention]")?.focus();
}

function onKey(event) {
  const field = event.target;
  if (!field.matches?.("[data-draft]")) return;
  if (event.key === "Escape") { field.blur(); return; }
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const first = field.dataset.draft === "reply" && field.value.startsWith("/") && filterCanned(field);
  if (first) {
    event.preventDefault();
    canned().menu.open = false;
    insert(field, first.dataset.insert, true);
  } else if (!isCoarse.matches || event.ctrlKey || event.metaKey) {
    event.preventDefault();
    if (field.value.trim()) field.form.requestSubmit();
  }
}

// What is on its way is not typed on: the answer brings a composer of its own

function onRequest(event) {
  const form = event.target.closest?.("[data-form]");
  if (form) form.querySelector("textarea").readOnly = true;
}

function onSwap() {
  if (!place() || place().dataset.now) return;
  const refused = fields().some((field) => field.getAttribute("aria-invalid") === "true");
  const sent = fields().find((field) => field.dataset.draft === now);
  if (sent && !refused) sessionStorage.removeItem(keyOf(sent));
  restoreDrafts();
  choose(now);
  sent?.focus();
}

if (thread && place()) {
  restoreDrafts();
  choose(fields().find((field) => field.getAttribute("aria-invalid") === "true")?.dataset.draft ?? "reply");
  document.addEventListener("click", (event) => { if (place()?.contains(event.target)) onClick(event); });
  document.addEventListener("input", onInput);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:before:request", onRequest);
  document.addEventListener("htmx:after:swap", onSwap);
  document.addEventListener("htmx:finally:request", () => fields().forEach((field) => { field.readOnly = false; }));
}
