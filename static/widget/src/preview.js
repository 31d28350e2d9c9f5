// The real widget beside the form in which it is made: it looks as it will, and sends nothing.

import { Chat } from "./chat.js";
import { addStyle, h, svg } from "./dom.js";
import { give } from "./given.js";
import { ICONS, LAUNCHER_CSS, drawLauncher, dress } from "./launcher.js";

const CSS = `.pb{display:flex;flex-direction:column;gap:16px;align-items:flex-end}
.pb.left{align-items:flex-start}
.pb .corner{position:static;order:2}
.pb .panel{position:static!important;width:100%!important;height:var(--preview-height,520px)!important;border:1px solid var(--line)!important;border-radius:16px!important;animation:none}
.pb.dark{color-scheme:dark}`;
const SAMPLE = {
  text: "This is how an answer looks: a sentence from your sources, with the passage that it stands on. [1]",
  title: "Your page",
  quote: "a sentence from your sources, with the passage that it stands on",
};

/** Answers as the server would, from nothing but the agent. */
class Sample {
  constructor(core) { this.core = core; }

  async init() {
    return { agent: this.core.look.agent, messages: [], conversation_id: "sample" };
  }

  keep() {}

  async call(method, path) {
    if (path === "clear") return this.init();
    return path === "request-human" ? { is_open: this.core.look.agent.offers.includes("person") } : { messages: [] };
  }

  async ask(text, hear, signal) {
    const citations = [{ n: 1, url: location.origin, title: SAMPLE.title, quote: SAMPLE.quote }];
    hear("start", { message_id: `sample-${Date.now()}` });
    for (const word of SAMPLE.text.split(/(?<= )/)) {
      await new Promise((go) => setTimeout(go, 30));
      if (signal.aborted) return;
      hear("token", { text: word });
    }
    hear("done", { text: SAMPLE.text, citations, mode: "llm", offers: this.core.look.agent.offers });
  }
}

/**
 * @param {HTMLElement} element is emptied and filled.
 * @param {object} agent as `look` tells of it.
 * @param {object} words of its language.
 * @returns {{update(agent: object, words?: object): void, destroy(): void}}
 */
export function preview(element, agent, words) {
  const shadow = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  const memory = {};
  const phone = matchMedia("not all");
  let ending, chat;

  function draw(now, spoken) {
    ending?.abort();
    chat?.destroy();
    ending = new AbortController();
    const pb = h("div", { dir: now.language === "ar" ? "rtl" : "ltr" });
    const button = drawLauncher(now, now.name, () => {});
    const corner = h("div", { class: "corner" }, button);
    pb.append(corner);
    shadow.replaceChildren(pb);
    shadow.adoptedStyleSheets = [];
    addStyle(shadow, LAUNCHER_CSS);
    dress(pb, now);
    const core = {
      agent: now.id, pb, shadow, corner, button, phone, addStyle, h, svg, icons: ICONS, signal: ending.signal, isPreview: true,
      look: { agent: now, is_open: true }, emit() {}, store: { get: () => memory, set: (values) => Object.assign(memory, values) },
    };
    give(core);
    chat = new Chat(core, spoken, now.language || "en", new Sample(core));
    addStyle(shadow, CSS);
    chat.hide = () => {};
    chat.show({ quiet: true });
  }

  draw(agent, words);
  return {
    update: (now, spoken = words) => draw(now, spoken),
    destroy() {
      ending.abort();
      chat.destroy();
      shadow.replaceChildren();
    },
  };
}
