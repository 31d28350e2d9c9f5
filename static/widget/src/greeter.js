// The agent speaks first: once in a session, by the first trigger that comes true. And the bubble
// beside the button in which it does.

const SPOKEN = "pitchbar:spoken";
const CROSS = "M6 6l12 12M18 6L6 18";
const CSS = `.bubble{position:absolute;bottom:68px;right:0;width:max-content;display:flex;gap:4px;align-items:flex-start;max-width:min(300px,calc(100vw - 40px));padding:4px;border:1px solid #dde3e0;border-radius:14px;background:#fff;color:#17201d;box-shadow:0 6px 24px #0002;animation:rise .2s}
.left .bubble{right:auto;left:0}
.bubble button{all:unset;cursor:pointer;border-radius:10px}
.bubble button:focus-visible{outline:2px solid}
.bubble-text{padding:8px 4px 8px 12px!important;text-align:start;overflow-wrap:anywhere}
.bubble-x{display:grid!important;place-items:center;flex:none;width:32px;height:32px;color:#56615d}
.dark .bubble{border-color:#3b4443;background:#212627;color:#ecf1ef}.dark .bubble-x{color:#a9b4b0}
@media (prefers-color-scheme:dark){.auto .bubble{border-color:#3b4443;background:#212627;color:#ecf1ef}.auto .bubble-x{color:#a9b4b0}}
@keyframes rise{from{opacity:0;transform:translateY(6px)}}
@media (prefers-reduced-motion:reduce){.bubble{animation:none}}`;

let styled;

/** A bubble beside the button; without a text it goes. */
export function say(core, text) {
  const { addStyle, h, svg } = core;
  core.corner.querySelector(".bubble")?.remove();
  if (!text) return;
  if (styled !== core.shadow) addStyle(styled = core.shadow, CSS, core.nonce);
  const leave = () => { say(core); core.button.focus(); };
  core.corner.prepend(h("div", { class: "bubble", role: "status", onkeydown: (event) => { if (event.key === "Escape") leave(); } },
    h("button", { class: "bubble-text", type: "button", onclick: () => core.open({ after: "trigger_followed" }) }, text),
    h("button", { class: "bubble-x", type: "button", "aria-label": core.look.words.dismiss, onclick: leave }, svg(CROSS, 16))));
}

/** Waits for what makes the agent speak first, until `core.signal` ends it. */
export function start(core) {
  try { if (sessionStorage.getItem(SPOKEN)) return; } catch { /* Then once a page. */ }
  const done = new AbortController();
  const timers = new Set();
  const stop = () => { done.abort(); timers.forEach(clearTimeout); };
  const fire = ({ action, text }) => {
    if (done.signal.aborted || core.signal.aborted) return;
    stop();
    if (core.isOpen || core.corner.hidden) return;
    try { sessionStorage.setItem(SPOKEN, "1"); } catch { /* As above. */ }
    core.emit("trigger");
    if (action === "open" && !core.phone.matches) core.open({ quiet: true });
    else say(core, text || core.look.agent.greeting || core.look.words.greeting);
  };
  const on = (target, names, heard) => {
    for (const name of names) target.addEventListener(name, heard, { passive: true, signal: done.signal });
  };
  for (const one of core.look.triggers) {
    const later = (seconds) => { const timer = setTimeout(fire, seconds * 1000, one); timers.add(timer); return timer; };
    const heard = {
      time: () => later(Number(one.value)),
      utm: () => { if (hasUtm(String(one.value))) later(1); },
      exit: () => on(document.documentElement, ["mouseleave"], (event) => { if (event.clientY <= 0) fire(one); }),
      scroll: () => {
        const look = () => { if (scrollY && scrolled() >= Number(one.value)) fire(one); };
        on(document, ["scroll"], look);
        // Whoever was quicker than this file.
        look();
      },
      idle: () => {
        let timer = later(Number(one.value));
        on(document, ["pointermove", "pointerdown", "keydown", "scroll"], () => {
          clearTimeout(timer);
          timers.delete(timer);
          timer = later(Number(one.value));
        });
      },
    };
    heard[one.kind]?.();
  }
  core.signal.addEventListener("abort", stop);
  document.addEventListener("pitchbar:open", stop, { signal: done.signal });
}

function scrolled() {
  const { scrollHeight, clientHeight } = document.documentElement;
  return (100 * scrollY) / (scrollHeight - clientHeight);
}

function hasUtm(pair) {
  const [name, value] = pair.toLowerCase().split("=");
  return new URLSearchParams(location.search).get(`utm_${name.replace(/^utm_/, "")}`)?.toLowerCase() === value;
}
