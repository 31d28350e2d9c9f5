// The inbox: keys, what is seen, and where the thread stands. Whatever is typed is looked after by
// composer.js, notices of the browser by notices.js.

const NEAR_END_PX = 120;
const AFTER_G_MS = 1500;

const thread = document.querySelector("[data-thread]");
const scroll = document.querySelector("[data-scroll]");
let goingAt = 0;
let seen = document.getElementById("lines")?.dataset.last;

// The thread stays at its end, unless somebody reads further up

let isAtEnd = true;

function toEnd() {
  if (scroll && isAtEnd) scroll.scrollTop = scroll.scrollHeight;
}

scroll?.addEventListener("scroll", () => {
  isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
}, { passive: true });

// What came while the page was looked at is seen

async function tellSeen() {
  const last = document.getElementById("lines")?.dataset.last;
  if (!thread || document.hidden || !last || last === seen) return;
  seen = last;
  const body = new URLSearchParams({ csrf_token: thread.dataset.csrf });
  try {
    await fetch(thread.dataset.seenUrl, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    seen = "";
  }
}

// Keys

function step(by) {
  const links = [...document.querySelectorAll(".inbox-row a")];
  const at = links.findIndex((one) => one === document.activeElement);
  const from = at >= 0 ? at : links.findIndex((one) => one.hasAttribute("aria-current"));
  const next = links[Math.max(0, Math.min(links.length - 1, from + by))];
  if (!next) return;
  if (thread) location.assign(next.href);
  else next.focus();
}

function isTaken(event) {
  return event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey
    || document.querySelector("dialog[open]") !== null
    || event.target.closest?.("textarea, select, [contenteditable], details.menu[open]") != null
    || event.target.matches?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

document.addEventListener("keydown", (event) => {
  if (isTaken(event)) return;
  if (event.key === "g") { goingAt = Date.now(); return; }
  if (Date.now() - goingAt < AFTER_G_MS) return;
  const acts = { j: () => step(1), k: () => step(-1), e: () => document.querySelector("[data-keyed=e]")?.click(), r: () => write("reply"), n: () => write("note") };
  if (!Object.hasOwn(acts, event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  acts[event.key]();
}, true);

function write(mode) {
  document.querySelector(`[data-mode=${mode}]`)?.click();
  document.querySelector(`[data-draft=${mode}]`)?.focus();
}

document.addEventListener("pitchbar:swapped", () => { toEnd(); tellSeen(); });
document.addEventListener("visibilitychange", tellSeen);
toEnd();
document.querySelector(".inbox-row a[aria-current]")?.scrollIntoView({ block: "nearest" });
