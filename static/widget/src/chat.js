// One conversation: what was said, what is being said, and what can be done about it.

import { h, svg } from "./given.js";
import { sentencesOf } from "./markdown.js";
import { CSS } from "./style.js";
import { makeTransport } from "./transport.js";
import { makeFrame } from "./frame.js";
import { ICON, button, drawAnswer, drawChoice, drawConsent, drawFoot, drawHead, drawLeadForm, drawOffers, drawStarters, drawVisitor, teller } from "./view.js";

const MOST_LETTERS = 4000, SHOWS_COUNT_FROM = 3800;
const READ_MS = 20_000;
// Where nothing is waited for, as the server is full; where nobody looks; between one answer and the next.
const POLL_MS = 4000, POLL_HIDDEN_MS = 20_000, WAIT_SECONDS = 25;
const TYPING_MS = 3000;

export class Chat {
  // By id, in their order.
  #messages = new Map();
  #unread = 0;
  #transport; #frame; #sub; #foot; #form; #input; #send; #counter; #said; #bar; #live; #begun; #isReady; #conversation; #starters; #hasPerson; #isWaiting; #joined = ""; #state = ""; #heard; #typedAt = 0; #retry; #running; #inPlace; #channel; #pollTimer;

  constructor(core, words, language, transport = makeTransport(core)) {
    Object.assign(this, { core, language, t: teller(words), icon: core.icons[core.look.agent.launcher_icon] ?? core.icons.message, isOpen: false });
    this.#transport = transport;
    this.askPerson = this.askPerson.bind(this);
    this.showLeadForm = this.showLeadForm.bind(this);
    core.addStyle(core.shadow, CSS, core.nonce);
    this.#draw();
    this.#frame = makeFrame(this);
    this.#hearOthers();
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#showNetwork(), { signal: core.signal });
  }

  #draw() {
    const { t, core } = this;
    const { head, sub } = drawHead(this);
    this.#sub = sub;
    const foot = drawFoot(this);
    this.#foot = foot.foot;
    this.#form = foot.form;
    this.#input = foot.input;
    this.#send = foot.send;
    this.#counter = foot.count;
    this.#said = h("div", { class: "said", role: "group", "aria-label": t(W.conversation), tabindex: 0 });
    this.#bar = h("div", { class: "bar", role: "status", hidden: true });
    this.#live = h("div", { class: "hidden", "aria-live": "polite" });
    this.panel = h("div", { class: "panel", role: "dialog", "aria-label": t(W.chat, { name: core.look.agent.name }), tabindex: -1, hidden: true },
      head, this.#said, this.#bar, this.#foot, this.#live);
    core.pb.append(this.panel);
    this.#input.value = core.store.get().draft ?? "";
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.press(); }
    });
    this.#typed();
  }

  // Opening and closing

  async show({ quiet, after } = {}) {
    const wasOpen = this.isOpen;
    this.isOpen = true;
    this.panel.hidden = false;
    this.#frame.open();
    this.#read();
    this.core.store.set({ open: true });
    if (!quiet) this.focus();
    if (!wasOpen) { this.core.emit("open"); }
    await (this.#begun ??= this.#begin());
    if (!wasOpen) {
      // Not where it opened by itself.
      for (const kind of quiet ? [] : ["opened", after]) if (kind) this.count(kind);
      this.#scroll();
    }
    this.#poll();
  }

  hide({ back = true } = {}) {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.panel.hidden = true;
    this.#frame.close(back);
    this.core.store.set({ open: false });
    this.core.emit("close");
    this.count("closed");
    this.#poll();
  }

  focus() {
    // On a phone it would bring up the keyboard over what there is to read.
    (this.core.phone.matches ? this.panel : this.#input).focus({ preventScroll: true });
  }

  #read() {
    this.#unread = 0;
    this.#badge();
  }

  #badge() {
    this.core.button.querySelector(".badge")?.remove();
    if (this.#unread) this.core.button.append(h("b", { class: "badge" }, this.#unread));
  }

  /** What `init` answers is drawn; until then, and if it fails, the way to try again. */
  async #begin() {
    const wait = h("p", { class: "stage" }, this.t(W.loading));
    this.#said.replaceChildren(wait);
    this.#isReady = false;
    try {
      this.#take(await this.#transport.init());
    } catch (error) {
      this.#begun = null;
      this.#refused(error);
      wait.replaceWith(h("div", { class: "agent", role: "alert" }, h("p", null, this.#sentenceOf(error)),
        h("div", { class: "row" }, button("chip", this.t(W.again), () => { this.#begun = this.#begin(); this.focus(); }))));
    }
  }

  #take({ agent, messages, conversation_id: conversation }) {
    this.#conversation = conversation;
    Object.assign(this.core.look.agent, agent);
    this.#joined = this.#state = "";
    // Whether somebody has joined, or is waited for, is heard of then.
    this.#hasPerson = messages.length > 0;
    this.#sub.textContent = this.t(agent.lead_form && !agent.offers.includes("person") && this.core.look.is_open === false ? W.away : W.subtitle);
    this.#messages.clear();
    this.#said.replaceChildren(h("p", { class: "agent", dir: "auto" }, h("span", null, agent.greeting || this.t(W.greeting))));
    if (!messages.length && agent.starters.length) this.#said.append(this.#starters = drawStarters(this, agent.starters));
    for (const one of messages) this.#add(one);
    this.#heard = messages.at(-1)?.id;
    this.#isReady = true;
    this.#hold(this.#mustAgree() && drawConsent(this, agent.consent, () => {
      this.core.store.set({ agreed: true });
      this.#hold(false);
      this.focus();
    }));
    this.#poll(0);
    this.#scroll();
  }

  // Messages

  #add(message) {
    if (message.id && this.#messages.has(message.id)) return;
    this.#starters?.remove();
    if (message.id) this.#messages.set(message.id, message);
    if (message.role === "visitor") return this.#said.append(drawVisitor(this, message.text));
    const answer = drawAnswer(this, message);
    answer.update(message);
    this.#said.append(answer.el);
  }

  #scroll() {
    this.#said.scrollTop = this.#said.scrollHeight;
  }

  // Only if whoever reads is at the end already.
  #follow() {
    const { scrollTop, scrollHeight, clientHeight } = this.#said;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 80;
    return () => { if (isAtEnd) this.#scroll(); };
  }

  announce(text) {
    const said = h("p", null, text);
    this.#live.append(said);
    // Once it is read, whoever looks around does not meet it again.
    setTimeout(() => said.remove(), READ_MS);
  }

  // Asking

  #typed() {
    const input = this.#input, { length } = input.value;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight || 34, 140)}px`;
    this.#counter.textContent = length < SHOWS_COUNT_FROM ? "" : `${length} / ${MOST_LETTERS}`;
    input.setAttribute("aria-invalid", length > MOST_LETTERS);
    this.#showNetwork();
    this.core.store.set({ draft: input.value });
    if (this.#joined && length && Date.now() - this.#typedAt > TYPING_MS) {
      this.#typedAt = Date.now();
      this.count("typing");
    }
  }

  #showSend() {
    const isRunning = Boolean(this.#running);
    this.#send.setAttribute("aria-label", this.t(isRunning ? W.stop : W.send));
    this.#send.replaceChildren(svg(isRunning ? ICON.stop : ICON.send, 20));
    const length = this.#input.value.trim().length;
    this.#send.disabled = !isRunning && (!length || length > MOST_LETTERS || !navigator.onLine);
  }

  press() {
    if (this.#running) return this.#running.abort();
    if (!this.#send.disabled) this.ask(this.#input.value);
  }

  async ask(text) {
    text = text.trim();
    if (!text || this.#running) return;
    await (this.#begun ??= this.#begin());
    if (!this.#isReady || this.#running) return;
    // It waits in the field until they agree.
    if (this.#mustAgree()) { this.#input.value = text; return this.#typed(); }
    if (this.#input.value.trim() === text) { this.#input.value = ""; this.#typed(); }
    this.#retry?.remove();
    this.#add({ role: "visitor", text });
    this.core.emit("message", { text });
    await this.#answer(text);
  }

  async #answer(text) {
    const now = { role: "agent", text: "", citations: [] };
    const answer = drawAnswer(this, now);
    const running = this.#running = new AbortController();
    this.core.signal.addEventListener("abort", () => running.abort(), { signal: running.signal });
    const told = new Set();
    // Each sentence once, however its text came.
    const tell = (text, isWhole) => sentencesOf(text, this.language, isWhole).forEach((one) => told.has(one) || this.announce(told.add(one) && one));
    let frame = 0, ended = null, questionId = null;
    const draw = () => {
      frame = 0;
      const follow = this.#follow();
      answer.update(now, { isWriting: true, saying: now.text ? "" : this.t(now.stage ?? W.reading) });
      tell(now.text);
      follow();
    };
    this.#said.append(answer.el);
    draw();
    this.#scroll();
    this.#showSend();
    this.announce(this.t(W.reading));
    try {
      await this.#transport.ask(text, (name, data) => {
        if (name === "start") { now.id = data.message_id; questionId = data.question_id; }
        else if (name === "token") now.text += data.text;
        else if (name === "stage") now.stage = data.stage === "writing" ? W.writing : W.reading;
        else if (name === "cut") this.#showBar(this.t(W.stalled));
        else ended = { name, data };
        if (name !== "cut" && !this.#bar.hidden) this.#showNetwork();
        frame ||= requestAnimationFrame(draw);
      }, running.signal);
    } catch (error) {
      if (!running.signal.aborted) ended = { error };
    }
    cancelAnimationFrame(frame);
    this.#running = null;
    const follow = this.#follow();
    tell(this.#end(answer, now, ended, text), true);
    if (questionId) this.#messages.set(questionId, { role: "visitor", text });
    if (now.id) this.#messages.set(now.id, now);
    this.#showSend();
    this.#showNetwork();
    follow();
    this.#tell();
    this.#poll();
  }

  /** Draws how it ended, and says what is to be read out. */
  #end(answer, now, ended, text) {
    if (!ended) {
      Object.assign(now, { broken_off: true });
      answer.update(now);
      return now.text;
    }
    if (ended.name === "done") {
      const { message_id: id, ...rest } = ended.data;
      Object.assign(now, rest, { id });
      if (now.mode === "person") {
        answer.el.remove();
        now.id = null;
        this.#hasPerson = true;
        return "";
      }
      answer.update(now);
      this.#offer(answer.el, now.offers);
      this.core.emit("answer", { text: now.text, citations: now.citations, mode: now.mode, low_confidence: now.low_confidence });
      return now.text;
    }
    const sentence = ended.data?.message ?? this.#sentenceOf(ended.error);
    answer.update({ ...now, text: now.text && !ended.data ? now.text : "" });
    answer.el.append(h("p", { role: "alert" }, sentence));
    this.core.emit("error", { code: ended.data?.code ?? ended.error.code ?? "network", message: sentence });
    this.#offer(answer.el, ended.data?.offers ?? []);
    if (ended.error && this.#refused(ended.error)) return "";
    this.#offerAgain(answer.el, text, ended.error?.retryAfter);
    return "";
  }

  #offer(el, offers) {
    const row = drawOffers(this, offers ?? []);
    if (row) el.append(row);
  }

  #offerAgain(el, text, seconds = 0) {
    const one = button("chip", this.t(W.again), () => { this.#retry.remove(); el.remove(); this.#answer(text); this.focus(); });
    this.#retry = h("div", { class: "row" }, one);
    el.append(this.#retry);
    if (seconds > 0) { one.disabled = true; setTimeout(() => { one.disabled = false; }, seconds * 1000); }
  }

  /** True where the agent may not be here any more: then nothing is. */
  #refused(error) {
    if (!["no_agent", "origin_not_allowed", "path_restricted"].includes(error.code)) return false;
    this.hide();
    this.core.corner.hidden = true;
    return true;
  }

  #sentenceOf(error) {
    if (error.status === undefined) return this.t(navigator.onLine ? W.failed : W.offline);
    if (error.status === 429) return this.t(W.fast, { n: error.retryAfter || 1 });
    return this.t({ lost: W.lost, too_long: W.tooLong }[error.code] ?? W.failed);
  }

  // Beside asking

  async #quietly(act) {
    try { await act(); return true; } catch (error) {
      if (!this.#refused(error)) this.#showBar(this.#sentenceOf(error));
      return false;
    }
  }

  count(kind) {
    if (this.#transport.token) this.#transport.call("POST", "events", { kind }).catch(() => {});
  }

  /** In place of a form. */
  thank(form, sentence) {
    form.replaceWith(this.#note(sentence));
    this.focus();
  }

  rate(id, value, text = "") {
    return this.#quietly(() => this.#transport.call("POST", "satisfaction", { message_id: id, value, text }));
  }

  async askPerson() {
    let answer;
    if (!await this.#quietly(async () => { answer = await this.#transport.call("POST", "request-human", { consented: this.core.store.get().agreed }); })) return;
    this.#note(this.t(answer.is_open ? W.asked : W.askedAway));
    this.#hasPerson = true;
    this.#isWaiting = answer.is_open;
    this.core.emit("person");
    if (!answer.is_open && this.core.look.agent.lead_form) this.showLeadForm();
    this.#scroll();
    this.focus();
    this.#poll(0);
  }

  showLeadForm() {
    const { lead_form: form } = this.core.look.agent;
    if (!form) return;
    this.count("lead_form_shown");
    this.#said.append(drawLeadForm(this, form, this.core.person, async (values) => {
      try {
        await this.#transport.call("POST", "leads", { ...values, consented: this.core.store.get().agreed });
        this.core.emit("lead", { email: values.email });
        return null;
      } catch (error) {
        const { fields } = error;
        if (fields?.email) fields.email = this.t(W.emailWrong);
        return fields && Object.keys(fields).length ? fields : { "": this.#sentenceOf(error) };
      }
    }));
    this.#scroll();
  }

  identify() {
    for (const one of this.#said.querySelectorAll("input")) one.value ||= this.core.person?.[one.name] ?? "";
  }

  // Over and again

  /** In place of the line to write in; without an element, the line. */
  #hold(el) {
    this.#inPlace?.remove();
    this.#inPlace = el || null;
    this.#form.hidden = this.#counter.hidden = Boolean(el);
    if (el) { this.#foot.append(el); el.querySelector("button")?.focus(); }
  }

  startOver() {
    const again = async (value) => {
      if (value) await this.#quietly(() => this.#transport.call("POST", "satisfaction", { value }));
      if (!await this.#quietly(async () => {
        const answer = await this.#transport.call("POST", "clear", {});
        this.#transport.keep(answer);
        this.#hasPerson = false;
        this.#take(answer);
      })) return this.#hold(false);
      this.#tell();
      this.focus();
    };
    this.#running?.abort();
    if (!this.#messages.size) return again();
    this.#hold(drawChoice(this.t(W.rate), [[this.t(W.yes), () => again("up")], [this.t(W.no), () => again("down")], [this.t(W.skip), () => again(), "plain"]]));
  }

  askToForget() {
    const forget = async () => {
      if (!await this.#quietly(() => this.#transport.call("DELETE", "me"))) return;
      this.core.store.set(null);
      this.#transport.token = undefined;
      this.#hasPerson = false;
      this.#tell();
      await (this.#begun = this.#begin());
      this.#showBar(this.t(W.forgotten));
      this.focus();
    };
    this.#hold(drawChoice(this.t(W.forgetAsk), [[this.t(W.forgetYes), forget, "main"], [this.t(W.cancel), () => { this.#hold(false); this.focus(); }, "plain"]]));
  }

  #showEnded() {
    this.#hold(drawChoice(this.t(W.ended), [[this.t(W.startNew), async () => { this.core.store.set({ token: undefined }); await (this.#begun = this.#begin()); this.focus(); }, "main"]]));
  }

  // Others: people of the team, and other tabs

  #hearOthers() {
    if (!window.BroadcastChannel) return;
    this.#channel = new BroadcastChannel(`pitchbar:${this.core.agent}`);
    this.#channel.onmessage = () => this.#catchUp();
  }

  #tell() {
    this.#channel?.postMessage("changed");
  }

  /** What was said elsewhere: by a person, or in another tab. */
  async #catchUp(wait = 0) {
    if (!this.#isReady || this.#running) return;
    const kept = this.core.store.get();
    if (kept.conversation !== this.#conversation) return void (this.#begun = this.#begin());
    if (kept.token) this.#transport.token = kept.token;
    let answer;
    try { answer = await this.#transport.call("GET", `messages?state=${this.#state}&wait=${wait}${this.#heard ? `&after=${this.#heard}` : ""}`); } catch (error) { return void this.#refused(error); }
    if (this.#running) return;
    const follow = this.#follow();
    for (const one of answer.messages) {
      // Not of what a stream told: a person may have written before its end, and be heard after.
      this.#heard = one.id;
      if (this.#messages.has(one.id)) continue;
      this.#add(one);
      if (one.role === "person") {
        this.announce(`${one.author || this.t(W.person)}: ${one.text}`);
        this.core.emit("answer", { text: one.text, mode: "person" });
        if (!this.isOpen) this.#unread += 1;
      }
    }
    this.#badge();
    this.#showPerson(answer);
    follow();
    if (answer.status === "ended") this.#showEnded();
  }

  /** Who of the team is there, and whether they write. */
  #showPerson({ person, is_waiting: isWaiting, state = "" }) {
    const name = person?.name ?? "";
    this.#state = state;
    if (person) this.#sub.textContent = this.t(person.is_typing ? W.typing : W.withPerson, person);
    else if (this.#joined) this.#sub.textContent = this.t(W.subtitle);
    if (name && name !== this.#joined) this.#note(this.t(W.joined, person));
    this.#joined = name;
    this.#hasPerson = Boolean(person || isWaiting);
    // Nobody came.
    if (this.#isWaiting && !isWaiting && !person) {
      this.#note(this.t(W.askedAway));
      this.showLeadForm();
    }
    this.#isWaiting = isWaiting;
  }

  #note(said) {
    const note = h("p", { class: "note" }, said);
    this.#said.append(note);
    this.announce(said);
    return note;
  }

  /** One question after the other, each of which the server answers when there is something. */
  #poll(soon) {
    clearTimeout(this.#pollTimer);
    if (!this.#hasPerson || this.core.signal.aborted) return;
    const isSeen = this.isOpen && !document.hidden;
    this.#pollTimer = setTimeout(async () => {
      const began = Date.now(), was = this.#state;
      await this.#catchUp(isSeen && this.#state ? WAIT_SECONDS : 0);
      this.#poll(this.#state !== was || Date.now() - began > POLL_MS ? 0 : undefined);
    }, soon ?? (isSeen ? POLL_MS : POLL_HIDDEN_MS));
  }

  #mustAgree() {
    return this.core.look.agent.consent && !this.core.store.get().agreed;
  }

  // The line above the field

  // Until something else happens.
  #showBar(text) {
    this.#bar.textContent = text;
    this.#bar.hidden = !text;
  }

  #showNetwork() {
    this.#showBar(navigator.onLine ? "" : this.t(W.offline));
    this.#showSend();
  }

  destroy() {
    this.#running?.abort();
    clearTimeout(this.#pollTimer);
    this.#channel?.close();
    this.#frame.end();
    this.panel.remove();
  }
}
