// Live figures. A message is HTML; each of its outermost elements takes the place of the
// one with the same id; an empty one says that the line holds. Without a socket the same HTML is
// fetched every two seconds.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const POLL_MS = 2_000;
const FAILURES_BEFORE_POLLING = 3;
const SOCKET_RETRY_MS = 30_000;
// The server says something every 25 seconds.
const SILENCE_MS = 75_000;
const COUNT_MS = 200;
const NEWS_MS = 1_000;

// Another one once the page is swapped for another state of itself.
let page = document.querySelector("[data-live-url]");
let followed = page?.dataset.liveUrl;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let socket = null;
let state = "";
let failures = 0;
let retryTimer = null;
let pollTimer = null;
let silenceTimer = null;

// What came while somebody pressed, or while what they pressed was under way: by its id, the last of
// each. Replaced meanwhile, a link would lose its click, and htmx the element that it works for.
const held = new Map();
let isPressed = false;

// Taking in new HTML

function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const fresh of template.content.children) {
    // One may be a part of another: the newer is taken in last.
    held.delete(fresh.id);
    if (fresh.id) held.set(fresh.id, fresh);
  }
  if (!isBusy()) takeHeld();
}

// A form is on its way before htmx hears of it, while the session is asked.
const isBusy = () => isPressed || Boolean(document.querySelector(".htmx-request, form[data-sending]"));

function takeHeld() {
  if (!held.size) return;
  const focused = focusKey();
  for (const [id, fresh] of held) {
    const old = document.getElementById(id);
    if (old && !old.isEqualNode(fresh)) replace(old, fresh.cloneNode(true));
  }
  held.clear();
  restoreFocus(focused);
  document.dispatchEvent(new CustomEvent("pitchbar:swapped"));
}

// After whatever else waits for the same event.
const takeLater = () => setTimeout(() => { if (!isBusy()) takeHeld(); });

function press(event) {
  isPressed = event.type === "pointerdown";
  if (!isPressed) takeLater();
}

function replace(old, fresh) {
  const before = new Map([...old.querySelectorAll("[data-count]")].map((el) => [el.parentNode.id, Number(el.dataset.count)]));
  const known = new Set([...old.querySelectorAll("tr[id]")].map((row) => row.id));
  // The first rows of an empty list and a list full of strangers are not news.
  const news = [...fresh.querySelectorAll("tr[id]")].filter((row) => !known.has(row.id));
  news.forEach((row) => row.classList.add("is-new"));
  // Else a cell that comes back at another width would fade in once more.
  setTimeout(() => news.forEach((row) => row.classList.remove("is-new")), NEWS_MS);
  old.replaceWith(fresh);
  globalThis.htmx?.process(fresh);
  for (const el of fresh.querySelectorAll("[data-count]")) countUp(el, before.get(el.parentNode.id));
}

function countUp(el, from) {
  const to = Number(el.dataset.count);
  if (from === undefined || from === to || calm.matches || document.hidden) return;
  const start = performance.now();
  const last = el.textContent;
  const step = (now) => {
    const part = Math.min(1, (now - start) / COUNT_MS);
    el.textContent = part === 1 ? last : Math.round(from + (to - from) * part).toLocaleString("en");
    if (part < 1) requestAnimationFrame(step);
  };
  el.textContent = from.toLocaleString("en");
  requestAnimationFrame(step);
}

// Whoever stands on a link or the chart by keyboard stays there when it is replaced.
function focusKey() {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const place = el.closest("[id]");
  // What has an id of its own is known by it, wherever it leads now.
  return { id: place?.id, href: place === el ? null : el.getAttribute("href") };
}

function restoreFocus(key) {
  if (!key?.id || document.activeElement !== document.body) return;
  const place = document.getElementById(key.id);
  const target = key.href ? [...(place?.querySelectorAll("a") ?? [])].find((a) => a.getAttribute("href") === key.href) : place;
  target?.focus({ preventScroll: true });
}

// The connection

function connect() {
  clearTimeout(retryTimer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const url = new URL(page.dataset.liveUrl, document.body.dataset.liveOrigin || location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = socket = new WebSocket(url);
  waitForSign();
  // Not on "open": a full server accepts a socket only to close it again.
  mine.addEventListener("message", (event) => {
    if (mine !== socket) return;
    failures = 0;
    waitForSign();
    stopPolling();
    say("live");
    take(event.data);
  });
  mine.addEventListener("close", () => { if (mine === socket) onClose(); });
}

// A line may be dead without a word, as after a change of networks: its end would come in minutes.
function waitForSign() {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(() => { leave(); onClose(); }, SILENCE_MS);
}

function onClose() {
  clearTimeout(silenceTimer);
  failures += 1;
  if (failures >= FAILURES_BEFORE_POLLING) {
    startPolling();
    retryTimer = setTimeout(connect, jitter(SOCKET_RETRY_MS));
    return;
  }
  say("waiting");
  retryTimer = setTimeout(connect, jitter(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))));
}

// Between half and all of it, so that a thousand pages do not come back in the same instant.
const jitter = (ms) => ms * (0.5 + Math.random() / 2);

function startPolling() {
  if (pollTimer === null) poll();
}

function stopPolling() {
  clearTimeout(pollTimer);
  pollTimer = null;
}

async function poll() {
  pollTimer = 0;
  if (!document.hidden) await refresh();
  if (pollTimer !== null) pollTimer = setTimeout(poll, POLL_MS);
}

async function refresh() {
  const asked = followed;
  try {
    const response = await fetch(page.dataset.pollUrl, { headers: { Accept: "text/html" }, redirect: "manual" });
    // Signed out meanwhile: the page itself knows where to sign in.
    if (response.type === "opaqueredirect" || response.status === 401) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    const html = await response.text();
    if (asked !== followed) return;
    take(html);
    if (pollTimer !== null || socket?.readyState === WebSocket.OPEN) say("live");
  } catch {
    say("waiting");
  }
}

// Back in view or back on line: what is on screen may be old.
function wake() {
  if (document.hidden || !page) return;
  if (pollTimer === null) refresh();
  if (socket?.readyState !== WebSocket.OPEN && socket?.readyState !== WebSocket.CONNECTING) connect();
}

function say(now) {
  state = now;
  const words = { live: "Live", waiting: "Reconnecting" };
  for (const place of document.querySelectorAll("[data-live-status]")) {
    place.dataset.state = state;
    if (place.textContent !== words[state]) place.textContent = words[state];
  }
}

// The page shows something else now: what is still on its way belongs to what it showed before.
function follow() {
  page = document.querySelector("[data-live-url]");
  if (page?.dataset.liveUrl !== followed) {
    followed = page?.dataset.liveUrl;
    held.clear();
    leave();
    if (page) connect();
  } else if (state) say(state);
}

function leave() {
  const old = socket;
  socket = null;
  old?.close();
  clearTimeout(silenceTimer);
  clearTimeout(retryTimer);
  stopPolling();
}

if (page) {
  connect();
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("htmx:after:swap", follow);
  for (const name of ["htmx:finally:request", "pitchbar:released"]) document.addEventListener(name, takeLater);
  for (const name of ["pointerdown", "pointerup", "pointercancel"]) document.addEventListener(name, press, true);
  addEventListener("blur", press);
  addEventListener("online", wake);
  addEventListener("offline", () => say("waiting"));
  // A page kept for Back must not hold a socket.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted && page) { failures = 0; connect(); refresh(); } });
}
