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

/** @returns `init`, `keep`, `call`, `ask` and the `token` that is sent. */
export function makeTransport(core) {
  const transport = { token: core.store.get().token, init, keep, call, ask };

  /** Begins, or goes on; answers with what `init` answers. */
  async function init() {
    const kept = core.store.get();
    transport.token = kept.token ?? transport.token;
    const response = await send("POST", "init", {
      agent: core.agent, page_url: location.href, language: core.look.language, visitor: kept.visitor, attribution: attribution(),
    });
    const answer = await response.json();
    keep(answer);
    return answer;
  }

  function keep({ token, visitor, conversation_id: conversation }) {
    transport.token = token;
    core.store.set({ token, visitor, conversation, at: Date.now() });
  }

  /** What the call answers as JSON, null for nothing. @throws {Refused} or TypeError without a network. */
  async function call(method, path, body) {
    const response = await renewing(() => send(method, path, body));
    return response.status === 204 ? null : response.json();
  }

  /**
   * Asks, and hands on each event of the stream; `cut` is one of its own.
   * @param {(name: string, data?: object) => void} hear
   * @throws {Refused} where the question was not taken, or its answer did not come to an end.
   */
  async function ask(text, hear, signal) {
    let last = "", isOver = false;

    function take(event) {
      const { id, event: name, data } = Object.fromEntries(event.split("\n").map((line) => line.split(/: ?(.*)/)));
      if (!name) return;
      last = id;
      isOver = name === "done" || name === "error";
      hear(name, JSON.parse(data));
    }

    async function listen(method, body) {
      const response = await renewing(() => send(method, "messages", body, signal, last));
      const reader = response.body.getReader(), decoder = new TextDecoder();
      const stop = () => reader.cancel().catch(() => {});
      let rest = "";
      try {
        while (!isOver && !signal.aborted) {
          // What stands still for so long is taken for cut.
          const timer = setTimeout(stop, STALL_MS);
          const { done, value } = await reader.read().finally(() => clearTimeout(timer));
          if (done) break;
          const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
          rest = events.pop();
          events.forEach(take);
        }
      } catch (error) {
        // Cut: it goes on behind the last event that came, if one has.
        if (!last) throw error;
      }
      stop();
    }

    await listen("POST", { text, page_url: location.href, consented: core.store.get().agreed });
    for (const wait of RESUMES_AFTER_MS) {
      if (isOver || signal.aborted) return;
      hear("cut");
      await new Promise((go) => setTimeout(go, wait));
      await listen("GET").catch((error) => {
        if (error.status < 500 && error.status !== 429) throw error;
      });
    }
    if (!isOver && !signal.aborted) throw new Refused(0, { code: "lost" });
  }

  async function renewing(act) {
    const { token } = transport;
    try {
      return await act();
    } catch (error) {
      if (error.status !== 401) throw error;
      // Another tab may have a newer one.
      transport.token = core.store.get().token;
      if (!transport.token || transport.token === token) await init();
      return act();
    }
  }

  async function send(method, path, body, signal = core.signal, last) {
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (transport.token) headers.Authorization = `Bearer ${transport.token}`;
    if (last) headers["Last-Event-ID"] = last;
    const response = await fetch(`${core.api}/${path}`, { method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store", signal });
    if (response.ok) return response;
    const answer = await response.json().catch(() => ({}));
    throw new Refused(response.status, answer.error, Number(response.headers.get("Retry-After")));
  }

  return transport;
}

// With which scan the visitor came: from the address, else what the conversion pixel has kept.
function attribution() {
  const come = new URLSearchParams(location.search).get("pb_at");
  try { return come || JSON.parse(localStorage.getItem("pb_at"))[0]; } catch { return come || undefined; }
}
