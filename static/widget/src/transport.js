// Speaks with the server: one token, renewed once without a word; streams that go on where they were
// cut.

const STALL_MS = 35_000;
const RESUMES_AFTER_MS = [300, 1_000, 3_000, 6_000];

export class Refused extends Error {
  constructor(status, error, retryAfter) {
    super(error?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = error?.code ?? "";
    this.fields = error?.fields ?? {};
    this.retryAfter = retryAfter;
  }
}

export class Transport {
  constructor(core) {
    this.core = core;
    this.token = core.store.get().token;
  }

  /** Begins, or goes on; answers with what `init` answers. */
  async init() {
    const { core } = this, kept = core.store.get();
    this.token = kept.token ?? this.token;
    const body = { agent: core.agent, page_url: location.href, language: core.look.language };
    if (kept.visitor) body.visitor = kept.visitor;
    const came = attribution();
    if (came) body.attribution = came;
    const answer = await (await this.fetch("POST", "init", body)).json();
    this.keep(answer);
    return answer;
  }

  keep({ token, visitor, conversation_id: conversation }) {
    this.token = token;
    this.core.store.set({ token, visitor, conversation, at: Date.now() });
  }

  /** What the call answers as JSON, null for nothing. @throws {Refused} or TypeError without a network. */
  async call(method, path, body) {
    const response = await this.renewing(() => this.fetch(method, path, body));
    return response.status === 204 ? null : response.json();
  }

  /**
   * Asks, and hands on each event of the stream.
   * @param {(name: string, data: object) => void} hear
   * @throws {Refused} where the question was not taken; {Cut} where the answer did not come to its end.
   */
  async ask(text, hear, signal) {
    const heard = { id: "", isOver: false };
    const listen = async (response) => {
      try { await this.read(response, heard, hear, signal); } catch (error) { if (signal.aborted || !heard.id) throw error; }
    };
    await listen(await this.renewing(() => this.fetch("POST", "messages", { text, page_url: location.href }, { signal })));
    // It was cut, or stood still: it goes on behind the last event that came.
    for (const wait of RESUMES_AFTER_MS) {
      if (heard.isOver || signal.aborted) return;
      hear("cut", {});
      await new Promise((go) => setTimeout(go, wait));
      try {
        await listen(await this.renewing(() => this.fetch("GET", "messages", null, { signal, resume: heard.id })));
      } catch (error) {
        if (error instanceof Refused && error.status < 500 && error.status !== 429) throw error;
      }
    }
    if (!heard.isOver && !signal.aborted) throw new Refused(0, { code: "lost" });
  }

  async read(response, heard, hear, signal) {
    const reader = response.body.getReader(), decoder = new TextDecoder();
    let text = "", timer;
    const stop = () => reader.cancel().catch(() => {});
    while (!heard.isOver && !signal.aborted) {
      // What stands still for so long is taken for cut.
      timer = setTimeout(stop, STALL_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) this.take(event, heard, hear);
    }
    stop();
  }

  take(event, heard, hear) {
    const { id, event: name, data } = Object.fromEntries(event.split("\n").map((line) => line.split(/: ?(.*)/)));
    if (!name) return;
    heard.id = id;
    heard.isOver = name === "done" || name === "error";
    hear(name, JSON.parse(data));
  }

  async renewing(act) {
    const tried = this.token;
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      // Another tab may have a newer one.
      const kept = this.core.store.get().token;
      if (kept && kept !== tried) this.token = kept;
      else await this.init();
      return act();
    }
  }

  async fetch(method, path, body, { signal, resume } = {}) {
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (resume) headers["Last-Event-ID"] = resume;
    const response = await fetch(`${this.core.api}/${path}`, {
      method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store", signal: signal ?? this.core.signal,
    });
    if (response.ok) return response;
    const answer = await response.json().catch(() => ({}));
    throw new Refused(response.status, answer.error, Number(response.headers.get("Retry-After")) || 0);
  }
}

// With which scan the visitor came: from the address, else what the conversion pixel has kept.
function attribution() {
  const come = new URLSearchParams(location.search).get("pb_at");
  try { return come || JSON.parse(localStorage.getItem("pb_at"))?.[0]; } catch { return come; }
}
