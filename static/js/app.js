// What every page shares. All listeners stand on the document, so they outlive any swap.

const TOAST_MS = 6_000;
const TOAST_WITH_UNDO_MS = 12_000;

// Copy buttons

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without TLS there is no clipboard API; a selected field still works.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("copy refused");
}

async function onCopy(button) {
  const label = button.dataset.label ??= button.getAttribute("aria-label");
  try {
    await copy(button.dataset.copy);
    button.classList.add("is-done");
    button.setAttribute("aria-label", "Copied");
    announce("Copied");
  } catch {
    announce("The browser did not allow copying. Select the link and copy it by hand.");
  }
  clearTimeout(button.copyTimer);
  button.copyTimer = setTimeout(() => {
    button.classList.remove("is-done");
    button.setAttribute("aria-label", label);
  }, 1600);
}

// Says something to screen readers without showing it.
function announce(text) {
  let place = document.getElementById("announcer");
  if (!place) {
    place = document.createElement("div");
    place.id = "announcer";
    place.className = "visually-hidden";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}

// Menus are <details>: they open without us, we only close them

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function onEscape() {
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  const held = menu.contains(document.activeElement);
  menu.open = false;
  if (held) menu.querySelector("summary").focus();
}

// Arrows, Home and End go through an open menu; a letter goes to the next entry that begins with it.
function onMenuKey(event) {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu || event.ctrlKey || event.metaKey || event.altKey) return;
  const entries = [...menu.querySelectorAll(".menu-panel a, .menu-panel button")].filter((one) => one.offsetParent);
  const stops = [menu.querySelector("summary"), ...entries];
  const next = stopAfter(event.key, stops, stops.indexOf(document.activeElement));
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function stopAfter(key, stops, at) {
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 1, End: stops.length - 1 };
  if (key in steps) return stops[(steps[key] + stops.length) % stops.length];
  if (key.length !== 1 || key === " ") return null;
  const entries = stops.slice(1);
  const ordered = [...entries.slice(at), ...entries.slice(0, Math.max(at, 0))];
  return ordered.find((one) => nameOf(one).startsWith(key.toLowerCase()));
}

function nameOf(entry) {
  const words = entry.querySelector(".truncate") ?? entry;
  return (entry.getAttribute("aria-label") ?? words.textContent).trim().toLowerCase();
}

// Toasts

function showToasts(html) {
  const place = document.getElementById("toasts");
  const template = document.createElement("template");
  template.innerHTML = html;
  const toasts = [...template.content.querySelectorAll("[data-toast]")];
  place.append(...toasts);
  toasts.forEach(expireToast);
}

function expireToast(toast) {
  if (toast.classList.contains("toast-error")) return;
  const wait = toast.querySelector("form") ? TOAST_WITH_UNDO_MS : TOAST_MS;
  setTimeout(function leave() {
    // Whoever points at it or stands on it is still reading.
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
    else toast.remove();
  }, wait);
}

// Times: the same words as the filter `ago` in pitchbar/core/wording.py

function ago(at) {
  const seconds = (Date.now() - at) / 1000;
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86400);
  if (days < 30) return days === 1 ? "yesterday" : `${days} days ago`;
  return null;
}

function refreshTimes() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = ago(Date.parse(time.dateTime));
    if (text && text !== time.textContent) time.textContent = text;
  }
}

document.addEventListener("click", (event) => {
  const copyButton = event.target.closest("[data-copy]");
  if (copyButton) onCopy(copyButton);
  event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
  closeMenus(event.target.closest("details.menu"));
});
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") onEscape();
  onMenuKey(event);
});

// htmx 4. A refused form (422; 402 where the plan is full, 409 where somebody else was faster, 503
// where something is away) comes back as itself; any other failure becomes a toast and leaves what
// the person sees and has typed as it is.
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  const isForm = !/^\s*<(div class="toast|!doctype)/i.test(ctx.text);
  if (status === 422 || ([402, 409, 503].includes(status) && isForm)) return;
  ctx.swap = "none";
  ctx.push = ctx.replace = null;
  showToasts(ctx.text);
});
// What is said of a form as a whole stands on top of it, and it may be long.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if ([402, 409, 503].includes(ctx?.response?.status)) document.querySelector("form .notice-danger")?.scrollIntoView({ block: "center" });
});
// An answer that is added below is read from its question on.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.target?.id === "thread") ctx.target.lastElementChild?.scrollIntoView({ block: "start" });
});
document.addEventListener("htmx:error", () => {
  showToasts('<div class="toast toast-error" data-toast><p>The connection failed. Nothing was changed; try again.</p></div>');
});

// An address that names a form leads into it.
function enterForm() {
  const form = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (form instanceof HTMLFormElement) form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

document.querySelectorAll("[data-toast]").forEach(expireToast);
enterForm();
addEventListener("hashchange", enterForm);
setInterval(refreshTimes, 5_000);
document.addEventListener("visibilitychange", refreshTimes);
