// An agent's own page, made livelier: answers come as they are written, and what people say appears
// by itself. Without this file the forms do the same, page by page.

const API = "/api/v1/widget";
const LONGEST = 4000;
const RESUMES_AFTER_MS = [300, 1000, 3000];
const STALL_MS = 35_000;

const chat = document.getElementById("chat");
const said = document.getElementById("said");
const ask = document.getElementById("ask");
const field = document.getElementById("text");
const wrong = document.getElementById("wrong-text");
const words = chat.dataset;
let isAsking = false;

class Refused extends Error {
  constructor(status, error, retryAfter) {
    super(error?.message ?? String(status));
    Object.assign(this, { status, code: error?.code ?? "", retryAfter });
  }
}

// What the scan brought is in the token by now; the address is for people.
const address = new URL(location.href);
if (address.searchParams.has("pb_at") || address.searchParams.has("erased")) {
  ["pb_at", "erased"].forEach((name) => address.searchParams.delete(name));
  history.replaceState(history.state, "", address);
}

const lastId = () => [...said.querySelectorAll("[data-id]")].at(-1)?.dataset.id ?? "";
const isNearEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 160;
const toEnd = () => scrollTo({ top: document.documentElement.scrollHeight });

function keepToken(token) {
  words.token = token;
  for (const input of document.querySelectorAll("input[name=token]")) input.value = token;
}

async function send(method, path, body, more = {}) {
  const headers = { Authorization: `Bearer ${words.token}`, ...more.headers };
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { ...more, method, headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit" });
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new Refused(response.status, answer.error, Number(response.headers.get("Retry-After")));
}

// A token lasts an hour; the page's own address gives the next.
async function renewing(act) {
  try {
    return await act();
  } catch (error) {
    if (error.status !== 401) throw error;
    await drawNew();
    return act();
  }
}

// Messages as the server draws them, each once.
async function drawNew() {
  const after = lastId();
  const response = await send("GET", `${words.parts}${after ? `?after=${after}` : ""}`);
  keepToken(response.headers.get("Chat-Token") ?? words.token);
  const made = document.createElement("template");
  made.innerHTML = await response.text();
  const joined = made.content.getElementById("joined");
  // Else a screen reader would say it at each message.
  if (joined && joined.textContent !== document.getElementById("joined").textContent) document.getElementById("joined").replaceChildren(...joined.childNodes);
  const help = made.content.getElementById("help"), shown = document.getElementById("help");
  // What somebody is just typing stays.
  const fields = shown?.querySelectorAll("input:not([type=hidden])") ?? [];
  const isTyped = [...fields].some((one) => one.value !== one.defaultValue);
  if (help && !isTyped) shown?.replaceWith(help);
  const fresh = [...made.content.children].filter((one) => one.matches("article") && !document.getElementById(one.id));
  said.append(...fresh);
  return fresh;
}

function sayWrong(sentence) {
  wrong.hidden = !sentence;
  wrong.querySelector("span").textContent = sentence ?? "";
  field.toggleAttribute("aria-invalid", Boolean(sentence));
}

function article(kind, text) {
  const made = document.createElement("article"), inner = document.createElement("p");
  made.className = `chat-said chat-${kind}`;
  inner.className = kind === "visitor" ? "chat-bubble" : "chat-text";
  inner.dir = "auto";
  inner.textContent = text;
  made.append(inner);
  said.append(made);
  return made;
}

async function put(text) {
  if (isAsking) return;
  if (!text.trim()) return sayWrong(words.empty);
  if (text.length > LONGEST) return sayWrong(words.tooLong);
  if (!navigator.onLine) return sayWrong(words.offline);
  sayWrong("");
  isAsking = true;
  const button = ask.querySelector(".chat-send"), kept = field.value;
  button.disabled = true;
  document.getElementById("welcome")?.setAttribute("hidden", "");
  const question = article("visitor", text), answer = article("agent", "");
  answer.setAttribute("aria-hidden", "true");
  field.value = "";
  grow();
  toEnd();
  try {
    await hear(text, answer.firstChild);
    question.remove();
    answer.remove();
    await drawNew();
  } catch (error) {
    question.remove();
    answer.remove();
    const drawn = error.status ? [] : await drawNew().catch(() => []);
    if (!drawn.length) {
      field.value = kept || text;
      grow();
      sayWrong(sentenceOf(error));
      document.getElementById("welcome")?.removeAttribute("hidden");
    }
  } finally {
    isAsking = false;
    button.disabled = false;
    field.focus({ preventScroll: true });
  }
  if (isNearEnd()) toEnd();
}

function sentenceOf(error) {
  if (error.status === 429) return words.fast.replace("{n}", String(error.retryAfter || 60));
  if (error.status === 503) return words.busy;
  if (error.code === "too_long") return words.tooLong;
  if (error.code === "empty") return words.empty;
  return error.status ? words.failed : words.lost;
}

// Reads the stream of a turn, and goes on where it was cut.
async function hear(text, place) {
  let last = "", isOver = false, written = "";

  function take(event) {
    const { id, event: name, data } = Object.fromEntries(event.split("\n").map((line) => line.split(/: ?(.*)/)));
    if (!name) return;
    last = id;
    const told = JSON.parse(data), follows = isNearEnd();
    if (name === "stage" && !written) {
      place.className = "chat-note chat-waits";
      place.textContent = told.stage === "writing" ? words.writing : words.reading;
    } else if (name === "token") {
      written += told.text;
      place.className = "chat-bubble-plain chat-text";
      // Marks are drawn when the whole is there.
      place.textContent = written.replace(/\*\*|`|^#{1,6} /gm, "");
    }
    isOver = name === "done" || name === "error";
    if (follows) toEnd();
  }

  async function listen(method, body) {
    const headers = last ? { "Last-Event-ID": last } : {};
    const response = await renewing(() => send(method, `${API}/messages`, body, { headers }));
    const reader = response.body.getReader(), decoder = new TextDecoder();
    const stop = () => reader.cancel().catch(() => {});
    let rest = "";
    try {
      while (!isOver) {
        const timer = setTimeout(stop, STALL_MS);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (done) break;
        const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
        rest = events.pop();
        events.forEach(take);
      }
    } catch (error) {
      if (!last) throw error;
    }
    stop();
  }

  await listen("POST", { text });
  for (const wait of RESUMES_AFTER_MS) {
    if (isOver) return;
    await new Promise((go) => setTimeout(go, wait));
    await listen("GET").catch((error) => { if (error.status && error.status < 500 && error.status !== 429) throw error; });
  }
  if (!isOver) throw new Refused(0);
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  put(field.value);
});
document.getElementById("starters")?.addEventListener("submit", (event) => {
  event.preventDefault();
  put(event.submitter.value);
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  ask.requestSubmit();
});
field.addEventListener("input", () => { grow(); tellTyping(); });

// Whether an answer helped: said at once, and where that fails, by the form.
said.addEventListener("submit", async (event) => {
  const form = event.target.closest(".chat-helped");
  if (!form) return;
  event.preventDefault();
  const buttons = [...form.querySelectorAll("button")], wasPressed = event.submitter.getAttribute("aria-pressed") === "true";
  const value = wasPressed ? null : event.submitter.value;
  try {
    await renewing(() => send("POST", `${API}/satisfaction`, { message_id: form.elements.message_id.value, value }));
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.value === value));
    const why = form.closest("article").querySelector(".chat-why");
    why.hidden = value !== "down";
    if (!why.hidden) why.querySelector(".chat-input").focus();
  } catch {
    const sent = document.createElement("input");
    Object.assign(sent, { type: "hidden", name: "value", value: value ?? "" });
    form.append(sent);
    form.submit();
  }
});

// What people of the workspace say. A server that can waits with its answer until there is some.
const typing = document.getElementById("typing");
let isLive = Boolean(words.live), state = "", toldAt = 0, holder = words.holder;

function tellTyping() {
  if (!isLive || Date.now() - toldAt < 3000) return;
  toldAt = Date.now();
  send("POST", `${API}/events`, { kind: "typing" }).catch(() => {});
}

async function look() {
  const query = new URLSearchParams({ wait: isLive ? "25" : "0", state });
  if (lastId()) query.set("after", lastId());
  const answer = await (await renewing(() => send("GET", `${API}/messages?${query}`))).json();
  state = answer.state ?? "";
  isLive = isLive || Boolean(answer.person) || Boolean(answer.is_waiting);
  typing.textContent = answer.person?.is_typing ? words.typing : "";
  // Who joins may say nothing yet.
  const isSame = (answer.person?.name ?? "") === holder;
  if (isAsking || (isSame && !answer.messages.length)) return false;
  const follows = isNearEnd();
  const fresh = await drawNew();
  holder = answer.person?.name ?? "";
  if (follows && (fresh.length || !isSame)) toEnd();
  return fresh.length > 0;
}

const pause = (ms) => new Promise((go) => setTimeout(go, ms));
const shown = () => new Promise((go) => {
  if (!document.hidden) go();
  else document.addEventListener("visibilitychange", go, { once: true });
});

async function stayInTouch() {
  for (;;) {
    await shown();
    const began = Date.now();
    let hasNews = false;
    if (lastId() && !isAsking) hasNews = await look().catch(() => false);
    const waited = Date.now() - began > 2000;
    await pause(isLive ? (hasNews || waited ? 200 : 3000) : 20_000);
  }
}
stayInTouch();
