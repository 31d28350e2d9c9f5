// The inbox: keys, what is seen, where the thread stands, and notices of the browser. Whatever is
// typed is looked after by composer.js.

const NEAR_END_PX = 120;
const AFTER_G_MS = 1500;
const NOTIFY_KEY = "pitchbar-notify";

const thread = document.querySelector("[data-thread]");
const scroll = document.querySelector("[data-scroll]");
let goingAt = 0;
let seen = document.getElementById("lines")?.dataset.last;
let waiting = waitingNow();

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

// Notices of the browser, for who asked for them

function waitingNow() {
  return new Set([...document.querySelectorAll("[data-waits]")].map((row) => row.dataset.row));
}

const wantsNotices = () => "Notification" in window && Notification.permission === "granted" && localStorage.getItem(NOTIFY_KEY) === "on";

function tellWaiting() {
  const now = waitingNow();
  const fresh = [...now].filter((one) => !waiting.has(one));
  waiting = now;
  if (!fresh.length || !document.hidden || !wantsNotices()) return;
  const row = document.querySelector(`[data-row="${fresh[0]}"] a`);
  const notice = new Notification("A visitor asks for a person", { tag: fresh[0] });
  notice.onclick = () => { window.focus(); location.assign(row.href); };
}

function showNotify() {
  const button = document.querySelector("[data-notify]");
  if (!button || !("Notification" in window)) return;
  button.hidden = false;
  const words = { denied: "Blocked by the browser" }[Notification.permission] ?? (wantsNotices() ? "Notices are on" : "Notify me here");
  button.querySelector("[data-notify-words]").textContent = words;
  button.onclick = async () => {
    if (wantsNotices()) localStorage.setItem(NOTIFY_KEY, "off");
    else if (await Notification.requestPermission() === "granted") localStorage.setItem(NOTIFY_KEY, "on");
    showNotify();
  };
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

document.addEventListener("pitchbar:swapped", () => { toEnd(); tellSeen(); tellWaiting(); });
document.addEventListener("visibilitychange", tellSeen);
toEnd();
document.querySelector(".inbox-row a[aria-current]")?.scrollIntoView({ block: "nearest" });
showNotify();
