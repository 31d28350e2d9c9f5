// Forms: sent once, seen to be on their way, and never lost. Before one is sent, the server is asked
// whether the session still stands; where it has ended, one signs in beside the form. Listeners stand
// on the document, so they outlive any swap.

const BUSY_LIMIT_MS = 15_000;
const ASK_LIMIT_MS = 4_000;

// Sending

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending === "checked") {
    form.dataset.sending = form.dataset.leaving = "true";
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.sending) return;
  lock(form, event.submitter);
  if (form.matches("[data-beside]")) signIn(form);
  else send(form, event.submitter);
}

async function send(form, submitter) {
  if (!await mayBeSent(form)) return release(form);
  form.dataset.sending = "checked";
  form.requestSubmit(submitter);
  // The browser itself found something to correct.
  if (form.dataset.sending === "checked") release(form);
}

function lock(form, submitter) {
  form.dataset.sending = "true";
  const button = submitter ?? form.querySelector("button:not([type=button])");
  button?.classList.add("is-busy");
  button?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), BUSY_LIMIT_MS);
}

function release(form) {
  delete form.dataset.sending;
  delete form.dataset.leaving;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-busy");
  }
  document.dispatchEvent(new CustomEvent("pitchbar:released"));
}

// The session

async function askSession() {
  const answer = await fetch("/session", { cache: "no-store", signal: AbortSignal.timeout(ASK_LIMIT_MS) });
  if (!answer.ok) throw new Error(`the session cannot be asked: ${answer.status}`);
  return answer.json();
}

async function mayBeSent(form) {
  let session;
  try {
    session = await askSession();
  } catch {
    return true; // What keeps the server from answering says the form's own answer best.
  }
  const beside = document.getElementById("beside-template");
  const isTheirs = !beside || "anyone" in form.dataset || isSame(session, beside);
  if (!isTheirs) return signInBeside(beside, session);
  renewTokens(session);
  return true;
}

const isSame = (session, beside) => String(session.person) === beside.dataset.person;

function renewTokens(session) {
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = session.csrf_token;
}

// Signing in beside a form that waits: true once the same person is here again, false if they leave it

function signInBeside(beside, session) {
  document.querySelector("dialog[open]")?.close();
  document.body.append(beside.content.cloneNode(true));
  const dialog = document.getElementById("beside");
  if (session.person !== null) sayBeside(dialog, "You are signed in as somebody else in another tab. To send this, sign in as yourself again.");
  const lookAgain = async () => {
    if (document.hidden) return;
    const now = await askSession().catch(() => null);
    if (now && isSame(now, beside)) dialog.close("signed-in");
  };
  return new Promise((resolve) => {
    dialog.lookAgain = lookAgain;
    addEventListener("focus", lookAgain);
    document.addEventListener("visibilitychange", lookAgain);
    dialog.addEventListener("close", async () => {
      removeEventListener("focus", lookAgain);
      document.removeEventListener("visibilitychange", lookAgain);
      const isBack = dialog.returnValue === "signed-in";
      dialog.remove();
      if (isBack) renewTokens(await askSession());
      resolve(isBack);
    });
    dialog.querySelector("[data-beside-close]").addEventListener("click", () => dialog.close());
    dialog.showModal();
  });
}

async function signIn(form) {
  const dialog = form.closest("dialog");
  try {
    const body = new URLSearchParams(new FormData(form));
    body.set("csrf_token", (await askSession()).csrf_token);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.status !== 204) sayBeside(dialog, reasonIn(await answer.text()));
    else await dialog.lookAgain();
    if (answer.status === 204 && dialog.open) askForSecondStep(dialog, answer.headers.get("HX-Redirect"));
  } catch {
    sayBeside(dialog, "The connection failed. Try again.");
  }
  release(form);
}

function reasonIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const words = [...page.querySelectorAll("form [role=alert] p, .field-error, [data-toast] p, .error-page h1 + p")];
  return words.map((one) => one.textContent.trim()).join(" ") || "That did not work. Try again.";
}

function sayBeside(dialog, text) {
  const place = dialog.querySelector("[data-beside-said]");
  place.querySelector("p").textContent = text;
  place.hidden = false;
}

function askForSecondStep(dialog, url) {
  const step = dialog.querySelector("[data-beside-second]");
  step.querySelector("a").href = url;
  step.hidden = false;
  dialog.querySelector("[data-beside-said]").hidden = true;
  step.querySelector("a").focus();
}

// What needs a correction comes first

function focusFirstWrong() {
  const wrong = document.querySelector("form [aria-invalid=true]");
  if (!wrong) return;
  for (let part = wrong.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  wrong.focus();
}

// Leaving an edited form asks; opt in with data-guard

function isEdited(form) {
  if ("unsaved" in form.dataset || form.querySelector("[aria-invalid=true]")) return true;
  return !!form.dataset.touched && [...form.elements].some(differs);
}

function differs(field) {
  if (field.closest("[data-unguarded]")) return false;
  if (field.type === "hidden" || field.type === "submit" || field.type === "button") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex !== firstOf(field);
  return field.defaultValue !== undefined && field.value !== field.defaultValue;
}

// What the browser shows in a list in which nothing was chosen.
const firstOf = (list) => ([...list.options].some((one) => one.defaultSelected) ? -1 : 0);

addEventListener("beforeunload", (event) => {
  const guarded = [...document.querySelectorAll("form[data-guard]")];
  if (guarded.some((form) => !form.dataset.leaving && isEdited(form))) event.preventDefault();
});
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && event.isTrusted) form.dataset.touched = "true";
});
document.addEventListener("click", (event) => {
  // "Cancel" has said it already.
  const form = event.target.closest(".form-foot a:not([target])")?.closest("form");
  if (form && !event.ctrlKey && !event.metaKey) form.dataset.leaving = "true";
});

document.addEventListener("submit", onSubmit, true);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending], form[data-leaving]").forEach(release));
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  // A redirect is still on its way: keep the form locked until the page goes. What others ask for
  // meanwhile, such as a preview, says nothing of it.
  if (!ctx.hx?.redirect && ctx.sourceElement?.matches?.("form")) release(ctx.sourceElement);
});
document.addEventListener("htmx:after:swap", focusFirstWrong);
focusFirstWrong();
