// What stands in the conversation, as elements; what they do is handed in.

import { h, svg } from "./given.js";
import { render, safeUrl } from "./markdown.js";

export const ICON = {
  cross: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M5 12h14M13 6l6 6-6 6",
  stop: "M8 8h8v8H8z",
  // The other way round it points down.
  thumb: "M7 11v9M4 11h3l4-8c1.7 0 2.5 1.2 2.2 2.8L12.6 9H18a2 2 0 0 1 2 2.4l-1.3 7a2 2 0 0 1-2 1.6H7",
};
const FEW_SOURCES = 3;

/** The sentence of that key, with what it names; a file of words may be of another release. */
export const teller = (words) => (key, values) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const button = (kind, words, act, more) => h("button", { type: "button", class: kind, onclick: act, ...more }, words);
const iconButton = (kind, icon, label, act, more) => h("button", { type: "button", class: kind, "aria-label": label, onclick: act, ...more }, svg(icon, 20));

export function drawHead(ui) {
  const { t, core } = ui;
  const menu = h("div", { class: "menu", hidden: true, id: "menu" },
    button("", t(W.startOver), () => { toggle(false); ui.startOver(); }),
    button("", t(W.forget), () => { toggle(false); ui.askToForget(); }));
  const opener = iconButton("round", ICON.more, t(W.options), () => toggle(menu.hidden), { "aria-expanded": "false", "aria-controls": "menu" });
  function toggle(isOpen) {
    menu.hidden = !isOpen;
    opener.setAttribute("aria-expanded", isOpen);
    if (isOpen) menu.firstChild.focus();
  }
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); toggle(false); opener.focus(); }
  });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget !== opener && !menu.contains(event.relatedTarget)) toggle(false); });
  const sub = h("p", null, t(W.subtitle));
  const head = h("div", { class: "head" },
    h("span", { class: "sign" }, svg(ui.icon, 20)),
    h("div", { class: "who" }, h("h2", { id: "name" }, core.look.agent.name), sub),
    opener, iconButton("round", ICON.cross, t(W.close), () => ui.hide()), menu);
  return { head, sub };
}

export function drawFoot(ui) {
  const { t } = ui;
  const count = h("p", { class: "count", id: "count", role: "status" });
  const input = h("textarea", { rows: 1, "aria-label": t(W.question), placeholder: t(W.placeholder), dir: "auto", enterkeyhint: "send", "aria-describedby": "count" });
  const send = iconButton("send", ICON.send, t(W.send), () => ui.press());
  const form = h("div", { class: "ask" }, input, send);
  const foot = h("div", { class: "foot" }, form, count);
  return { foot, form, input, send, count };
}

export const drawVisitor = (ui, text) => h("div", { class: "visitor" }, h("span", { class: "hidden" }, `${ui.t(W.you)}: `), h("bdi", null, text));

export function drawStarters(ui, starters) {
  return h("div", { class: "row", role: "group", "aria-label": ui.t(W.starters) },
    starters.map((one) => button("chip", one, () => { ui.count("starter_chosen"); ui.ask(one); }, { dir: "auto" })));
}

/** An answer, or what a person wrote: `{ el, update(message, isWriting) }`. */
export function drawAnswer(ui, message) {
  const { t, core } = ui;
  const text = h("div", { class: "text" });
  const stage = h("p", { class: "stage" });
  const el = h("div", { class: message.role === "person" ? "person" : "agent" },
    h("span", { class: message.role === "person" ? "by" : "hidden" }, message.role === "person" ? message.author || t(W.person) : `${core.look.agent.name}:`),
    stage, text);
  let further = null;

  function update(now, { isWriting = false, saying = "" } = {}) {
    el.classList.toggle("writing", isWriting && Boolean(now.text));
    stage.textContent = saying;
    stage.hidden = !saying;
    const known = new Map((now.citations ?? []).map((one) => [one.n, one]));
    const mark = (n) => (isWriting ? h("span", { class: "cite" }, n) : known.has(n) && drawMark(ui, known.get(n)));
    if (!isWriting) text.blocks = null, text.replaceChildren();
    render(text, now.text, mark);
    further?.remove();
    further = isWriting ? null : drawFurther(ui, now);
    if (further) el.append(further);
  }
  return { el, update };
}

/** A link to a source, or what would be one where it has no address that may be opened. */
function toSource(ui, one, kind, more, children) {
  const href = safeUrl(one.url);
  return h(href ? "a" : "span", { class: kind, href, target: "_blank", rel: "noopener", onclick: () => ui.count("citation_opened"), ...more }, children);
}

const drawMark = (ui, one) => toSource(ui, one, "cite", { "aria-label": ui.t(W.source, { n: one.n, name: one.title }) }, one.n);

function drawFurther(ui, message) {
  const sources = message.citations ?? [];
  const el = h("div", { class: "agent" });
  if (sources.length) el.append(drawSources(ui, sources));
  if (message.low_confidence && sources.length) el.append(h("p", { class: "note" }, ui.t(W.unsure)));
  if (message.broken_off) el.append(h("p", { class: "note" }, ui.t(W.stopped)));
  if (message.id && ["llm", "extractive", "curated"].includes(message.mode)) el.append(drawMeta(ui, message));
  return el.children.length ? el : null;
}

function drawSources(ui, sources) {
  const { t } = ui;
  const list = h("div", { class: "sources", role: "group", "aria-label": t(W.sources) });
  const add = (some) => list.append(...some.map((one) => drawSource(ui, one)));
  add(sources.slice(0, FEW_SOURCES));
  const rest = sources.slice(FEW_SOURCES);
  if (rest.length) {
    const more = button("plain", t(W.more, { n: rest.length }), () => { more.remove(); add(rest); list.children[FEW_SOURCES].focus(); });
    list.append(more);
  }
  return list;
}

const drawSource = (ui, one) => toSource(ui, one, "source", null, [
  h("b", { "aria-hidden": true }, one.n), h("strong", { dir: "auto" }, one.title || one.url),
  one.quote && h("q", { dir: "auto" }, h("span", null, one.quote.replace(/[|`*\s]+/g, " "))), h("span", { class: "hidden" }, `(${ui.t(W.newTab)})`),
]);

function drawMeta(ui, message) {
  const { t } = ui;
  // A refusal is neither quoted nor written.
  const told = h("span", { class: "grow" }, message.citations?.length || message.mode === "curated" ? t({ llm: W.written, extractive: W.quoted, curated: W.byTeam }[message.mode]) : "");
  const votes = [["up", W.helpful], ["down", W.unhelpful]].map(([value, label]) =>
    iconButton(`vote ${value}`, ICON.thumb, t(label), () => vote(value), { "aria-pressed": String(message.feedback === value) }));
  const el = h("div", null, h("div", { class: "meta" }, told, votes));
  async function vote(value) {
    const was = message.feedback, now = was === value ? null : value;
    const show = (one) => votes.forEach((each, at) => each.setAttribute("aria-pressed", one === ["up", "down"][at]));
    show(message.feedback = now);
    el.querySelector("form")?.remove();
    if (!await ui.rate(message.id, now)) return show(message.feedback = was);
    if (now === "down") el.append(drawWhy(ui, message));
    else if (now) ui.announce(t(W.thanks));
  }
  return el;
}

function drawWhy(ui, message) {
  const { t } = ui;
  const input = h("textarea", { rows: 2, maxlength: 2000, dir: "auto" });
  const form = h("form", { class: "card", onsubmit: async (event) => {
    event.preventDefault();
    if (await ui.rate(message.id, "down", input.value)) ui.thank(form, t(W.thanks));
  } }, h("label", null, t(W.why), input), h("div", { class: "row" }, h("button", { class: "main" }, t(W.sendAddress))));
  setTimeout(() => input.focus());
  return form;
}

/** What can be done where there is no answer: a person, an address. */
export function drawOffers(ui, offers) {
  const { t } = ui;
  const row = h("div", { class: "row" });
  const take = (act) => () => { ui.count("offer_taken"); row.remove(); act(); };
  if (offers.includes("person")) row.append(button("chip", t(W.askPerson), take(ui.askPerson)));
  if (offers.includes("lead_form")) row.append(button("chip", t(W.leaveAddress), take(ui.showLeadForm)));
  return row.children.length ? row : null;
}

/** @param {(values: object) => Promise<object | null>} send answers with the sentences of what is wrong, by field. */
export function drawLeadForm(ui, asked, person, send) {
  const { t } = ui, inputs = {}, wrongs = {};
  const labels = [["email", "email", W.email], ["name", "text", W.name], ["phone", "tel", W.phone]].filter(([name]) => name === "email" || asked[`asks_${name}`]).map(([name, type, label]) => {
    const id = `wrong-${name}`, input = inputs[name] = h("input", { name, type, autocomplete: type === "text" ? name : type, "aria-describedby": id, dir: type === "text" ? "auto" : "ltr" });
    input.value = person?.[name] ?? "";
    // What is wrong with it is told beside its name, not as a part of it.
    return h("div", null, h("label", null, t(label), " ", type !== "email" && h("small", null, `(${t(W.optional)})`), input), wrongs[name] = h("div", { class: "wrong", id }));
  });
  const sentence = wrongs[""] = h("p", { class: "wrong", role: "alert" });
  const show = (found) => {
    for (const name in wrongs) {
      wrongs[name].textContent = found[name] ?? "";
      inputs[name]?.setAttribute("aria-invalid", Boolean(found[name]));
    }
    (Object.entries(inputs).find(([name]) => found[name])?.[1] ?? inputs.email).focus();
  };
  const submit = h("button", { class: "main" }, t(W.sendAddress));
  const form = h("form", { class: "card", novalidate: true, "aria-label": t(W.leaveAddress), onsubmit: async (event) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(values.email)) return show({ email: t(W.emailWrong) });
    submit.disabled = true;
    const found = await send(values);
    submit.disabled = false;
    if (found) return show(found);
    ui.thank(form, t(W.addressSent, { name: values.email }));
  } }, h("p", { dir: "auto" }, asked.intro || t(W.leadIntro)), labels, sentence, h("div", { class: "row" }, submit));
  setTimeout(() => inputs.email.focus());
  return form;
}

/** What visitors agree to before they write. */
export function drawConsent(ui, { text, url }, agree) {
  const card = drawChoice(text, [[ui.t(W.agree), agree, "main"]]), href = safeUrl(url);
  if (href) card.firstChild.append(" ", h("a", { href, target: "_blank", rel: "noopener" }, ui.t(W.read)));
  return card;
}

/** A question with answers, in place of the line to write in or within the conversation. */
export function drawChoice(sentence, choices) {
  return h("div", { class: "card", role: "group", "aria-label": sentence }, h("p", null, sentence),
    h("div", { class: "row" }, choices.map(([words, act, kind = "chip"]) => button(kind, words, act))));
}
