// The part that every page loads: it asks whether the agent may show itself here, draws the button,
// and fetches the rest when somebody opens the chat. Where it is refused, it is not there.

import { addStyle, h, svg } from "./dom.js";
import { ICONS, LAUNCHER_CSS, drawLauncher, dress } from "./launcher.js";

const script = document.currentScript ?? document.querySelector("script[data-agent]");
const there = window.Pitchbar;

if (there?.attach) {
  // The script is on the page twice, or came again with a part of the page.
  if (there.agent === script?.dataset.agent) there.attach();
} else if (script?.dataset.agent) begin(script.dataset);

function begin({ agent, api, language, open: isOpenAtFirst }) {
  const key = `pitchbar:${agent}`;
  const phone = matchMedia("(max-width:640px),(max-height:480px)");
  const listeners = new Set();
  const ending = new AbortController();
  const { signal } = ending;
  let host, root, pb, corner, button, look, app, loading, path, timer;
  let appFile = __FILES__.app, held = {}, tries = 0, returns = 0, waiting = [...(there?.q ?? [])];
  api ||= new URL("../api/v1/widget", script.src).href;

  // What is kept of a visitor; in memory where the browser keeps nothing.
  const store = {
    get() {
      try { return JSON.parse(localStorage.getItem(key)) ?? held; } catch { return held; }
    },
    set(values) {
      held = values && { ...store.get(), ...values };
      try { values ? localStorage.setItem(key, JSON.stringify(held)) : localStorage.removeItem(key); } catch { /* Only for this page, then. */ }
      held ??= {};
    },
  };

  function emit(name, detail) {
    document.dispatchEvent(new CustomEvent(`pitchbar:${name}`, { detail }));
    for (const [wanted, act] of listeners) {
      if (wanted === name) try { act(detail); } catch { /* Its own matter. */ }
    }
  }

  async function ask() {
    const mine = path = location.pathname;
    const asked = new URLSearchParams({ agent, path, language: language || document.documentElement.lang });
    let answer, status = 0;
    try {
      const response = await fetch(`${api}/look?${asked}`, { credentials: "omit", signal });
      status = response.status;
      answer = await response.json();
    } catch { /* Said below. */ }
    if (signal.aborted || mine !== path) return;
    if (answer?.agent) return appear(answer);
    if (corner) corner.hidden = true;
    app?.hide();
    console.debug("Pitchbar is not shown:", answer?.error?.code ?? status);
    if (status !== 403 && status !== 404 && tries < 3) setTimeout(ask, 15e3 * ++tries);
  }

  function appear(answer) {
    const isFirst = !look;
    look = answer;
    if (isFirst) build();
    corner.hidden = false;
    dress(pb, look.agent);
    attach();
    if (!isFirst) return;
    emit("ready");
    const kept = store.get();
    if (isOpenAtFirst || (kept.open && Date.now() - kept.at < 864e5 && !phone.matches)) open({ quiet: true });
    else if (look.triggers?.length && !kept.token) part(__FILES__.greeter).then((greeter) => greeter.start(core), () => {});
    for (const [name, ...values] of waiting) face[name]?.(...values);
  }

  function build() {
    host = document.createElement("pitchbar-widget");
    // Of its own, as the page's rules may be as strict as theirs.
    host.style.cssText = "all:initial;display:block;position:fixed;width:0;height:0;bottom:0;right:0;z-index:2147483646".replace(/;|$/g, "!important;");
    root = host.attachShadow({ mode: "open" });
    addStyle(root, LAUNCHER_CSS, core.nonce);
    button = drawLauncher(look.agent, look.words?.open ?? "Chat", () => (app?.isOpen ? app.hide() : open()));
    button.onpointerenter = () => load().catch(() => {});
    corner = h("div", { class: "corner" }, button);
    root.append(pb = h("div", { lang: look.language, dir: look.language === "ar" ? "rtl" : "ltr" }, corner));
  }

  // A framework may take the page apart and leave us out; but that is put right only so often.
  const watch = new MutationObserver(() => { if (returns++ < 99) attach(); });
  function attach() {
    if (!host || host.isConnected || signal.aborted) return;
    document.documentElement.append(host);
    watch.observe(document.documentElement, { childList: true });
  }

  const part = (file) => import(new URL(file, script.src).href);

  // Browsers may remember a failure under its address.
  const load = () => (loading ||= part(appFile).then((module) => module.start(core)).then((one) => {
    app = one;
    // Whoever left meanwhile leaves nothing behind.
    if (signal.aborted) app.destroy();
  }).catch((error) => {
    loading = null;
    appFile += "&";
    throw error;
  }));

  async function open(options) {
    if (!look) return waiting.push(["open"]);
    if (corner.hidden) return;
    button.classList.add("busy");
    try {
      await load();
      if (!signal.aborted) await app.show(options);
    } catch (error) {
      emit("error", { code: "not_loaded", message: String(error) });
    }
    button.classList.remove("busy");
  }

  // What the chat is handed. A browser keeps a loader for long and pairs it with later chats: names
  // are added here, and none is taken away.
  const core = {
    agent, api, store, emit, phone, signal, addStyle, h, svg, icons: ICONS, part, open,
    nonce: script.nonce || script.dataset.nonce,
    get pb() { return pb; },
    get shadow() { return root; },
    get corner() { return corner; },
    get look() { return look; },
    get button() { return button; },
    get isOpen() { return app?.isOpen; },
  };

  // Pages that change without being loaded anew.
  const moved = () => { if (look && location.pathname !== path) ask(path = location.pathname); };

  function destroy() {
    app?.destroy();
    ending.abort();
    watch.disconnect();
    clearInterval(timer);
    host?.remove();
    listeners.clear();
    if (window.Pitchbar === face) delete window.Pitchbar;
  }

  const face = window.Pitchbar = {
    agent, attach, destroy,
    open: () => open(),
    close: () => app?.hide(),
    ask: (text) => (look ? open().then(() => app?.ask(text)) : waiting.push(["ask", text])),
    identify: (who) => { core.person = { ...core.person, ...who }; app?.identify?.(); },
    on(...entry) {
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };

  if (window.navigation) window.navigation.addEventListener("currententrychange", moved, { signal });
  else timer = setInterval(moved, 1000);
  if (document.readyState === "complete") ask();
  else addEventListener("load", () => setTimeout(ask), { signal });
}
